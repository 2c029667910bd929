import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@phalanx/kit';

/** The files of a Core Rule Set in the order in which they are loaded. */
export interface CrsFiles {
  readonly setup: string;
  /** Set-up of plugins, and what they do before the rules. */
  readonly before: readonly string[];
  readonly rules: readonly string[];
  readonly after: readonly string[];
}

/** Where Debian's package keeps the set-up of the rules in /usr/share/modsecurity-crs. */
const DEBIAN_SETUP = '/etc/modsecurity/crs/crs-setup.conf';

/**
 * Finds the files of the Core Rule Set in a folder: `rules/` with the set-up (or its example) beside it, as it is published, or Debian's
 * /usr/share/modsecurity-crs with the set-up in /etc. Throws `invalid` with what is missing.
 */
export function findCrs(folder: string): CrsFiles {
  const rules = globSync(join(folder, 'rules/*.conf')).sort();
  if (rules.length === 0) throw new AppError('invalid', 'conformance.crs', `${folder} has no rules/*.conf`);
  const setups = [join(folder, 'crs-setup.conf'), join(folder, 'crs-setup.conf.example'), DEBIAN_SETUP];
  const setup = setups.find((path) => existsSync(path));
  if (setup === undefined)
    throw new AppError('invalid', 'conformance.crs', `${folder} has neither crs-setup.conf nor crs-setup.conf.example`);
  const plugins = (kind: string): string[] => globSync(join(folder, `plugins/*-${kind}.conf`)).sort();
  return { setup, before: [...plugins('config'), ...plugins('before')], rules, after: plugins('after') };
}
