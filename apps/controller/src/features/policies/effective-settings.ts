import { type PolicyLayer, type PolicyScope, resolveSettings, SETTING_PATHS, type Settings } from '@phalanx/contracts';
import { digestOf } from '@phalanx/kit';

/** What layers come to, addressed by the digest of the settings. */
export interface EffectiveSettings {
  readonly settings: Settings;
  readonly digest: string;
  readonly origin: Readonly<Record<string, PolicyScope | 'default'>>;
  /** Which layer locks a path first, of the paths that are locked. */
  readonly locks: Readonly<Record<string, PolicyScope>>;
}

/** Layers highest first. */
export function effectiveSettings(layers: readonly PolicyLayer[]): EffectiveSettings {
  const { settings, origin } = resolveSettings(layers);
  return { settings, digest: digestOf(settings), origin, locks: locksOf(layers) };
}

/** The highest layer that locks each path. */
function locksOf(layers: readonly PolicyLayer[]): Record<string, PolicyScope> {
  return Object.fromEntries(
    SETTING_PATHS.flatMap((path) => {
      const layer = layers.find(({ document }) => document.locks.includes(path));
      return layer ? [[path, layer.scope]] : [];
    }),
  );
}
