import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the environment says to the command line. Flags win over it. */
export interface CliEnvironment {
  /** `PHALANX_URL`: address of the controller. */
  readonly url: string | undefined;
  /** `PHALANX_TOKEN`: API token; with it no login is needed. */
  readonly token: string | undefined;
  /** Folder of the stored login: `PHALANX_CONFIG_DIR`, else `phalanx` in `XDG_CONFIG_HOME` or `~/.config`. */
  readonly configFolder: string;
}

export function readCliEnvironment(environment: NodeJS.ProcessEnv = process.env): CliEnvironment {
  const base = environment['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return {
    url: environment['PHALANX_URL'] || undefined,
    token: environment['PHALANX_TOKEN'] || undefined,
    configFolder: environment['PHALANX_CONFIG_DIR'] || join(base, 'phalanx'),
  };
}
