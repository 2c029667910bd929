import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { sharedData } from '@phalanx/testing';

/** The rule files of a pack in load order, set-up first. */
export interface Pack {
  readonly name: string;
  readonly setup: string;
  readonly rules: readonly string[];
}

const DEBIAN_SETUP = '/etc/modsecurity/crs/crs-setup.conf';
const DEBIAN_RULES = '/usr/share/modsecurity-crs/rules';

/** OWASP CRS 4 from the shared data, or null when it isn't there. */
export function crs4(): Pack | null {
  const folder = sharedData('crs-4.25.1');
  if (folder === null) return null;
  return { name: 'CRS 4.25.1', setup: join(folder, 'crs-setup.conf.example'), rules: globSync(join(folder, 'rules/*.conf')).sort() };
}

/** OWASP CRS 3.3.4 from Debian's package, or null (with a printed reason) when it isn't installed. */
export function crs3(): Pack | null {
  if (existsSync(DEBIAN_SETUP)) return { name: 'CRS 3.3.4', setup: DEBIAN_SETUP, rules: globSync(join(DEBIAN_RULES, '*.conf')).sort() };
  console.log('skipped: Debian package modsecurity-crs is not installed');
  return null;
}
