import { problemSchema } from '@phalanx/contracts';
import { z } from 'zod';
import type { AnyEndpoint } from './endpoint.js';

type Json = Record<string, unknown>;

/** Named schemas of the contracts become components; the rest stays in place. */
class Components {
  readonly schemas: Json = {};

  schema(type: z.ZodType, io: 'input' | 'output'): Json {
    const {
      $schema: _dialect,
      $defs,
      ...schema
    } = z.toJSONSchema(type, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as Json & { $defs?: Json };
    for (const [name, definition] of Object.entries($defs ?? {})) this.schemas[name] = rewrite(definition);
    const id = type.meta()?.id;
    if (!id) return rewrite(schema) as Json;
    const name = io === 'input' ? id : `${id}`;
    this.schemas[name] ??= rewrite(schema);
    return { $ref: `#/components/schemas/${name}` };
  }
}

/** zod's local references, as components. */
function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'id' || typeof (value as Json)['id'] !== 'string' || (value as Json)['properties'] === undefined)
      .map(([key, item]) => [
        key,
        key === '$ref' && typeof item === 'string' ? item.replace('#/$defs/', '#/components/schemas/') : rewrite(item),
      ]),
  );
}

function parameters(components: Components, spec: AnyEndpoint): Json[] {
  const list: Json[] = [];
  for (const [part, schema] of [
    ['path', spec.params],
    ['query', spec.query],
  ] as const) {
    if (!(schema instanceof z.ZodObject)) continue;
    for (const [name, type] of Object.entries(schema.shape as Record<string, z.ZodType>)) {
      const required = part === 'path' || !type.safeParse(undefined).success;
      list.push({
        name,
        in: part,
        required,
        schema: components.schema(type, 'input'),
        ...(type.description ? { description: type.description } : {}),
      });
    }
  }
  if (spec.ifMatch)
    list.push({
      name: 'If-Match',
      in: 'header',
      required: true,
      schema: { type: 'string' },
      description: 'quoted revision of the resource that is changed',
    });
  if (spec.method === 'POST' && spec.permission !== 'public') {
    list.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      schema: { type: 'string', maxLength: 200 },
      description: 'the same key gives the same answer for a day',
    });
  }
  return list;
}

function operation(components: Components, spec: AnyEndpoint): Json {
  const status = String(spec.status ?? (spec.answer || spec.produces ? 200 : 204));
  const content = spec.answer
    ? { content: { 'application/json': { schema: components.schema(spec.answer, 'output') } } }
    : spec.produces
      ? { content: { [spec.produces]: { schema: { type: 'string' } } } }
      : {};
  return {
    summary: spec.summary,
    tags: [spec.path.split('/')[3] ?? 'service'],
    'x-permission': spec.permission,
    ...(spec.provider ? { 'x-provider-wide': true } : {}),
    security: spec.permission === 'public' ? [] : [{ session: [] }, { token: [] }],
    parameters: parameters(components, spec),
    ...(spec.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: components.schema(spec.body, 'input') } } } }
      : {}),
    responses: {
      [status]: { description: 'done', ...content },
      default: {
        description: 'refused or failed',
        content: { 'application/problem+json': { schema: components.schema(problemSchema, 'output') } },
      },
    },
  };
}

/** The description of the whole API, made from the declarations that the routes run by. @see OpenAPI 3.1.1 */
export function describeApi(endpoints: readonly AnyEndpoint[], version: string): Json {
  const components = new Components();
  const paths: Record<string, Json> = {};
  for (const spec of [...endpoints].sort((a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method))) {
    const path = spec.path.replace(/:([a-zA-Z]+)/g, '{$1}');
    (paths[path] ??= {})[spec.method.toLowerCase()] = operation(components, spec);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Phalanx',
      version,
      description: 'Fleet control for web application firewall appliances. Errors are problem+json; lists are paged by cursor.',
    },
    paths,
    components: {
      schemas: components.schemas,
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'phalanx_session' }, token: { type: 'http', scheme: 'bearer' } },
    },
  };
}
