import { existsSync } from 'node:fs';
import { AppError } from '@phalanx/kit';

/** A Debian package, and a file by which it is known to be there. */
interface DebianPackage {
  readonly name: string;
  readonly file: string;
}

/** The web server that the engine is compared with, and the origin behind all of them. */
export const NGINX: DebianPackage = { name: 'nginx', file: '/usr/sbin/nginx' };
/** ModSecurity 3 as a module of that nginx. Its package brings the recommended base configuration. */
export const NGINX_MODSECURITY: DebianPackage = {
  name: 'libnginx-mod-http-modsecurity',
  file: '/usr/lib/nginx/modules/ngx_http_modsecurity_module.so',
};
/** The load generator. */
export const WRK: DebianPackage = { name: 'wrk', file: '/usr/bin/wrk' };
/** OWASP CRS 3.3.4. */
export const DEBIAN_CRS: DebianPackage = { name: 'modsecurity-crs', file: '/usr/share/modsecurity-crs/rules' };

/** The command that installs what is missing, or null when all of them are there. */
export function missingPackages(packages: readonly DebianPackage[]): string | null {
  const missing = packages.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
  return missing.length === 0 ? null : `apt-get install --no-install-recommends ${missing.join(' ')}`;
}

/** Throws `unavailable` with the exact command that installs what is missing. */
export function requirePackages(...packages: readonly DebianPackage[]): void {
  const command = missingPackages(packages);
  if (command !== null) throw new AppError('unavailable', 'bench.missing-packages', `Debian packages are missing; run: ${command}`);
}
