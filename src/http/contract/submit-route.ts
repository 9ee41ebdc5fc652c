/** `POST /api/submit`: hands the body to the intake as a stream and answers 201 after the durable commit. */
import type { FastifyInstance } from "fastify";
import type { Query } from "../query.ts";
import { contractErrors, SubmitReply } from "../schemas.ts";
import type { SubmissionBodies } from "../submission/submission-body.ts";
import type { TakeSubmission } from "../submission/take-submission.ts";
import { readByRoute, submissionBody } from "../v1/submission-schema.ts";

export function addSubmitRoute(
  app: FastifyInstance,
  deps: { readonly bodies: SubmissionBodies; readonly takeSubmission: TakeSubmission },
): void {
  app.post<{ Querystring: Query }>(
    "/api/submit",
    {
      onRequest: deps.bodies.onRequest,
      validatorCompiler: readByRoute,
      config: { access: "jobs:write" },
      schema: {
        operationId: "submit",
        summary: "Submit a job",
        description: "The options of POST /api/v1/jobs as query parameters or members of a JSON body.",
        tags: ["contract"],
        body: submissionBody,
        response: { 201: SubmitReply, ...contractErrors(400, 408, 409, 413, 415, 422, 503) },
      },
    },
    async (request, reply) => {
      const { jobId } = await deps.takeSubmission.take(request, reply, request.query);
      return reply.code(201).header("location", `/api/status?jobid=${jobId}`).send({ job_id: jobId });
    },
  );
}
