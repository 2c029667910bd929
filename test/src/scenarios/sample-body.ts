/** The parts of JSON Schema that the API's description uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly minLength?: number;
}

export interface ApiDescription {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

export interface ApiOperation {
  readonly 'x-permission': string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: JsonSchema } } };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** What a pattern or a check beyond the schema wants, by the property's name. */
const KNOWN: Readonly<Record<string, unknown>> = {
  name: 'Taken over',
  displayName: 'Taken over',
  slug: 'taken-over',
  username: 'taken.over',
  password: 'correct horse battery staple',
  timeZone: 'Asia/Seoul',
  listenAddresses: ['127.0.0.1'],
  hosts: ['*'],
  listenPort: 18_443,
  permissions: ['fleet:read'],
  reason: 'taken over',
  document: { settings: { level: 'learning' }, locks: [] },
  level: 'learning',
  address: '203.0.113.9',
  addresses: ['203.0.113.9'],
};

/** A body that the schema takes. `idFor` gives each id that it names, by the property's name. Optional properties are filled where they are ids. */
export function sampleBody(api: ApiDescription, schema: JsonSchema, idFor: (property: string) => string, property = ''): unknown {
  if (schema.$ref) return sampleBody(api, api.components.schemas[schema.$ref.split('/').at(-1)!]!, idFor, property);
  if (schema.format === 'uuid') return idFor(property);
  if (KNOWN[property] !== undefined) return KNOWN[property];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice) return sampleBody(api, choice, idFor, property);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object': {
      const properties = Object.entries(schema.properties ?? {});
      const wanted = properties.filter(([name, item]) => schema.required?.includes(name) || name in KNOWN || namesId(item));
      return Object.fromEntries(wanted.map(([name, item]) => [name, sampleBody(api, item, idFor, name)]));
    }
    case 'array':
      return schema.minItems || namesId(schema) ? [sampleBody(api, schema.items ?? {}, idFor, property)] : [];
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1);
    case 'boolean':
      return false;
    case 'null':
      return null;
    default:
      return 'x'.repeat(Math.max(1, schema.minLength ?? 1));
  }
}

function namesId(schema: JsonSchema): boolean {
  return (
    schema.format === 'uuid' ||
    [
      ...(schema.anyOf ?? []),
      ...(schema.oneOf ?? []),
      ...(schema.items ? [schema.items] : []),
      ...Object.values(schema.properties ?? {}),
    ].some(namesId)
  );
}
