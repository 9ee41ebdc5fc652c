# One image for every role: `docker run IMAGE` serves; `docker run IMAGE doctor`, `submit`, … are the other commands.
# How to start it, and what it keeps where: docs/operations.md.

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# sharp comes prebuilt for each platform, so no package has to run anything of its own at install.
# A private registry: --secret id=npmrc,src=$HOME/.npmrc, and id=npm-ca for a certificate that its cafile names. Neither is kept.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=secret,id=npm-ca,target=/run/secrets/npm-ca \
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved
# Whatever umask the checkout was made under: readable for the user below, and writable for root only.
RUN chmod -R a+rX,go-w .

# The program's bundle and the dashboard need tools that the service does not.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=secret,id=npm-ca,target=/run/secrets/npm-ca \
    npm ci --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved
COPY tsconfig.json ./
COPY web web
COPY sdk/src sdk/src
COPY scripts scripts
COPY bin bin
COPY examples examples
COPY src src
RUN node scripts/build-page.ts && node scripts/build-program.ts && \
    chmod -R a+rX,go-w bin dist examples src/ledger/migrations web/dist && chmod a+x bin/storewalk.cjs

FROM node:24-slim
# Arenas of malloc: one for each thread holds some 20 MB more after a large job (docs/performance.md, "Memory").
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    STOREWALK_HOST=0.0.0.0 \
    STOREWALK_DATA_DIR=/data
WORKDIR /app
# A fresh volume takes the owner of the folder it covers. The name makes `docker exec … storewalk results 1` work.
RUN install -d -o node -g node /data /uploads && ln -s /app/bin/storewalk.cjs /usr/local/bin/storewalk
# The parts in the order of how seldom they change; all stay root's, so the program cannot rewrite itself.
COPY --from=packages /app/node_modules node_modules
COPY --from=packages /app/package.json ./
COPY --from=build /app/examples examples
COPY --from=build /app/web/dist web/dist
COPY --from=build /app/src/ledger/migrations src/ledger/migrations
COPY --from=build /app/bin bin
COPY --from=build /app/dist dist

# By number: only so can an orchestrator see that this is not root.
USER 1000:1000
VOLUME /data
EXPOSE 8080
# Alive, not ready: a service that waits for its database must not be restarted for it; /readyz tells a balancer.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["node", "-e", \
  "fetch('http://127.0.0.1:' + (process.env.STOREWALK_PORT || 8080) + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell in between, so SIGTERM reaches the program; --init (compose: init) adds what the first process of a container lacks.
ENTRYPOINT ["storewalk"]
CMD ["serve"]
