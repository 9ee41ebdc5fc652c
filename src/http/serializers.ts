/**
 * Writes answers as their routes' schemas say, and nothing that is not in them. Makes a schema's writer at its first answer: to make
 * those of all routes was two fifths of a start, and most processes answer a few of them.
 */
import buildSerializer from "fast-json-stringify";
import type { FastifySerializerCompiler } from "fastify";

export const serializeWhenAsked: FastifySerializerCompiler<object> = ({ schema }) => {
  let serialize: ((answer: unknown) => string) | undefined;
  return (answer) => {
    serialize ??= buildSerializer(schema);
    return serialize(answer);
  };
};
