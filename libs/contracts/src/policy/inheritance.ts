import { z } from 'zod';
import { DEFAULT_SETTINGS, partialSettingsSchema, settingsSchema, type PartialSettings, type Settings } from './settings.js';

export const POLICY_SCOPES = ['provider', 'tenant', 'application'] as const;
export const policyScopeSchema = z.enum(POLICY_SCOPES);
export type PolicyScope = z.infer<typeof policyScopeSchema>;

function leafPaths(settings: Settings): string[] {
  return Object.entries(settings).flatMap(([group, value]) =>
    typeof value === 'object' ? Object.keys(value).map((member) => `${group}.${member}`) : [group],
  );
}

/** Every path that a policy can set and lock, for example `signatures.paranoiaLevel`. */
export const SETTING_PATHS: readonly string[] = leafPaths(DEFAULT_SETTINGS);

/** One level's word: what it sets, and which paths no level below may set. */
export const policyDocumentSchema = z
  .strictObject({
    settings: partialSettingsSchema,
    locks: z.array(z.string().refine((path) => SETTING_PATHS.includes(path), 'is no setting')).max(100),
  })
  .meta({ id: 'PolicyDocument' });
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;

export interface PolicyLayer {
  readonly scope: PolicyScope;
  readonly document: PolicyDocument;
}

export interface LockViolation {
  readonly path: string;
  readonly lockedBy: PolicyScope;
  readonly setBy: PolicyScope;
}

export interface EffectiveSettings {
  readonly settings: Settings;
  /** Which layer each path's value came from; `default` where none set it. */
  readonly origin: Readonly<Record<string, PolicyScope | 'default'>>;
  /** Values that a lower layer sets against a lock. They have no effect here, and saving such a document is refused. */
  readonly violations: readonly LockViolation[];
}

/** The value at a path of a (partial) settings object, or undefined. */
export function settingAt(settings: PartialSettings, path: string): unknown {
  const [group, member] = path.split('.') as [keyof PartialSettings, string | undefined];
  const value = settings[group];
  if (member === undefined || value === undefined) return value;
  return (value as Record<string, unknown>)[member];
}

/** Settings of one application from its layers, highest first (provider, tenant, application). Lists replace, they do not merge. */
export function resolveSettings(layers: readonly PolicyLayer[]): EffectiveSettings {
  const result = structuredClone(DEFAULT_SETTINGS) as unknown as Record<string, Record<string, unknown>>;
  const origin: Record<string, PolicyScope | 'default'> = {};
  const violations: LockViolation[] = [];
  for (const path of SETTING_PATHS) {
    origin[path] = 'default';
    let lockedBy: PolicyScope | undefined;
    for (const { scope, document } of layers) {
      const value = settingAt(document.settings, path);
      if (value !== undefined) {
        if (lockedBy) violations.push({ path, lockedBy, setBy: scope });
        else {
          const [group, member] = path.split('.') as [string, string | undefined];
          if (member === undefined) (result as Record<string, unknown>)[group] = value;
          else result[group]![member] = value;
          origin[path] = scope;
        }
      }
      if (document.locks.includes(path)) lockedBy ??= scope;
    }
  }
  return { settings: settingsSchema.parse(result), origin, violations };
}
