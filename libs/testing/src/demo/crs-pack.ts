import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@phalanx/kit';
import type { SignaturePack } from '@phalanx/contracts';

/** Where Debian's package puts CRS. */
const DEBIAN = { rules: '/usr/share/modsecurity-crs/rules', setup: '/etc/modsecurity/crs/crs-setup.conf' };

export interface CrsSource {
  readonly rules: string;
  readonly setup: string;
  readonly packVersion: string;
}

/** The Core Rule Set of this machine: Debian's package. Throws with the command that installs it. */
export function debianCrs(): CrsSource {
  if (!existsSync(DEBIAN.rules))
    throw new AppError('unavailable', 'demo.no-crs', 'the Core Rule Set is not installed; run: apt-get install modsecurity-crs');
  const version =
    /ver:?\s*'OWASP_CRS\/([\d.]+)/.exec(readFileSync(join(DEBIAN.rules, 'REQUEST-901-INITIALIZATION.conf'), 'utf8'))?.[1] ?? 'unknown';
  return { ...DEBIAN, packVersion: version };
}

/** A signature pack out of a folder of CRS rules: the set-up first, then the rules by name; their data beside them. */
export function crsPack({ rules, setup, packVersion }: CrsSource): SignaturePack {
  const names = readdirSync(rules).sort();
  const conf = names.filter((name) => name.endsWith('.conf'));
  const files: Record<string, string> = { 'crs-setup.conf': readFileSync(setup, 'utf8') };
  for (const name of [...conf, ...names.filter((name) => name.endsWith('.data'))])
    files[`rules/${name}`] = readFileSync(join(rules, name), 'utf8');
  return { version: 1, name: 'crs', packVersion, load: ['crs-setup.conf', ...conf.map((name) => `rules/${name}`)], files };
}
