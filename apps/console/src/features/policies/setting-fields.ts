import { SETTING_PATHS, settingsSchema } from '@phalanx/contracts';

/** How a setting is edited. Bounds are those of the contract. */
export type SettingField =
  | { readonly path: string; readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly path: string; readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly path: string; readonly kind: 'switch' }
  | { readonly path: string; readonly kind: 'words' }
  | { readonly path: string; readonly kind: 'text' | 'longText' | 'json' };

interface JsonSchema {
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly items?: JsonSchema;
}

/** Texts longer than this get a field of several lines. */
const LONG_TEXT = 1_000;

function fieldOf(path: string, schema: JsonSchema): SettingField {
  if (schema.enum) return { path, kind: 'choice', options: schema.enum };
  if (schema.type === 'integer') return { path, kind: 'number', min: schema.minimum ?? 0, max: schema.maximum ?? Number.MAX_SAFE_INTEGER };
  if (schema.type === 'boolean') return { path, kind: 'switch' };
  if (schema.type === 'array') return { path, kind: schema.items?.type === 'object' ? 'json' : 'words' };
  return { path, kind: (schema.maxLength ?? 0) > LONG_TEXT ? 'longText' : 'text' };
}

/** All settings in the contract's order, each with the way to edit it: worked out from the contract's schema, so that a new setting shows by itself. */
export function settingFields(): readonly SettingField[] {
  const root = settingsSchema.toJSONSchema({ io: 'input' }) as unknown as JsonSchema;
  const settings = root.properties ? root : Object.values(root.$defs ?? {})[0];
  return SETTING_PATHS.map((path) => {
    const [group, member] = path.split('.') as [string, string | undefined];
    const schema = settings?.properties?.[group];
    return fieldOf(path, (member === undefined ? schema : schema?.properties?.[member]) ?? {});
  });
}

/** Fields by their group, in order; settings without a group come first, under their own name. */
export function fieldGroups(fields: readonly SettingField[]): readonly (readonly [string, readonly SettingField[]])[] {
  const groups = new Map<string, SettingField[]>();
  for (const field of fields) {
    const group = field.path.split('.')[0]!;
    groups.set(group, [...(groups.get(group) ?? []), field]);
  }
  return [...groups];
}
