import { problemSchema } from '@phalanx/contracts';
import { z } from 'zod';
import type { AnyEndpoint } from './endpoint.js';

type Json = Record<string, unknown>;

type Direction = 'input' | 'output';

const REFERENCE = '#/components/schemas/';

/** Named schemas of the contracts become components; the rest stays in place. */
class Components {
  readonly #schemas: Record<Direction, Record<string, Json>> = { input: {}, output: {} };

  schema(type: z.ZodType, io: Direction): Json {
    const {
      $schema: _dialect,
      $defs,
      ...schema
    } = z.toJSONSchema(type, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as Json & { $defs?: Json };
    for (const [name, definition] of Object.entries($defs ?? {})) this.#schemas[io][name] = rewrite(definition, io) as Json;
    const id = type.meta()?.id;
    if (!id) return rewrite(schema, io) as Json;
    this.#schemas[io][id] ??= rewrite(schema, io) as Json;
    return { $ref: `${REFERENCE}${io}:${id}` };
  }

  /** The description with its components. What is sent in otherwise than it comes out (defaults) has a second component, `…Input`. */
  complete(description: Json): Json {
    const { input, output } = this.#schemas;
    const apart = new Set<string>();
    const nameOf = (io: string, id: string) => (io === 'input' && apart.has(id) ? `${id}Input` : id);
    const text = (value: unknown) =>
      JSON.stringify(value).replaceAll(
        /"#\/components\/schemas\/(input|output):([^"]+)"/g,
        (_, io: string, id: string) => `"${REFERENCE}${nameOf(io, id)}"`,
      );
    const shared = Object.keys(input).filter((id) => id in output);
    // Whoever refers to one of those is one as well.
    for (let before = -1; before !== apart.size;) {
      before = apart.size;
      for (const id of shared) if (text(input[id]) !== text(output[id])) apart.add(id);
    }
    const named = [input, output].flatMap((schemas, index) =>
      Object.entries(schemas).map(([id, schema]) => [nameOf(index === 0 ? 'input' : 'output', id), schema] as const),
    );
    const schemas = Object.fromEntries(named.sort(([a], [b]) => a.localeCompare(b)));
    const { components, ...rest } = description;
    return JSON.parse(text({ ...rest, components: { ...(components as Json), schemas } })) as Json;
  }
}

/** zod's local references, as components. */
function rewrite(value: unknown, io: Direction): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, io));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'id' || typeof (value as Json)['id'] !== 'string' || (value as Json)['properties'] === undefined)
      .map(([key, item]) => [
        key,
        key === '$ref' && typeof item === 'string' ? item.replace('#/$defs/', `${REFERENCE}${io}:`) : rewrite(item, io),
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
  return components.complete({
    openapi: '3.1.1',
    info: {
      title: 'Phalanx',
      version,
      description: 'Fleet control for web application firewall appliances. Errors are problem+json; lists are paged by cursor.',
    },
    paths,
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'phalanx_session' }, token: { type: 'http', scheme: 'bearer' } },
    },
  });
}
