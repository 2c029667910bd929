import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AnyEndpoint, EndpointInput } from './endpoint.js';

export const ENDPOINT = Symbol('endpoint');
const INPUT = Symbol('input');

/** All declared endpoints of the program, for the API description and the structural tests. */
export const declaredEndpoints: AnyEndpoint[] = [];

/** Makes a controller method the handler of an endpoint. A method without it is refused at start. */
export function Route(spec: AnyEndpoint): MethodDecorator {
  declaredEndpoints.push(spec);
  return applyDecorators(
    SetMetadata(ENDPOINT, spec),
    RequestMapping({ path: spec.path, method: RequestMethod[spec.method] }),
    HttpCode(spec.status ?? (spec.answer || spec.produces ? 200 : 204)),
  );
}

/** The parsed input of the endpoint, for a parameter typed `InputOf<typeof SPEC>`. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext) =>
  inputOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

type Carrier = FastifyRequest & { [INPUT]?: EndpointInput };

export function setInput(request: FastifyRequest, input: unknown): void {
  (request as Carrier)[INPUT] = input as EndpointInput;
}

function inputOf(request: FastifyRequest): EndpointInput {
  return (request as Carrier)[INPUT]!;
}
