import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { AppError, nodeDisk } from '@phalanx/kit';
import { freePort } from '../net/free-port.js';
import { isPortFree } from '../net/is-port-free.js';

/** What a stack must find again at its next start. */
export interface StackState {
  readonly ports: { readonly postgres: number; readonly console: number; readonly mqtt: number; readonly enrolment: number };
  readonly adminUser: string;
  readonly adminPassword: string;
}

function fileOf(home: string): string {
  return join(home, 'stack.json');
}

/**
 * The stack's state, made at its first start with free ports. Ports that boxes know by heart (broker, enrolment) stay; when something else
 * has taken one, this throws and names it. The others move to a free one.
 */
export async function loadStackState(home: string, wanted: { consolePort?: number } = {}): Promise<StackState> {
  nodeDisk.makeFolder(home);
  const stored = nodeDisk.read(fileOf(home));
  const known = stored ? (JSON.parse(stored.toString('utf8')) as StackState) : null;
  const keep = async (name: 'mqtt' | 'enrolment'): Promise<number> => {
    const port = known?.ports[name];
    if (port === undefined) return freePort();
    if (await isPortFree(port)) return port;
    throw new AppError(
      'conflict',
      'stack.port-taken',
      `port ${port} (${name}) is in use by another program, and the boxes in ${home} know it: free it, or start with another PHALANX_HOME`,
    );
  };
  const move = async (port: number | undefined): Promise<number> => (port !== undefined && (await isPortFree(port)) ? port : freePort());
  const state: StackState = {
    ports: {
      postgres: await move(known?.ports.postgres),
      console: await move(wanted.consolePort ?? known?.ports.console),
      mqtt: await keep('mqtt'),
      enrolment: await keep('enrolment'),
    },
    adminUser: 'admin',
    adminPassword: known?.adminPassword ?? randomBytes(12).toString('base64url'),
  };
  nodeDisk.replace(fileOf(home), `${JSON.stringify(state, null, 2)}\n`);
  return state;
}
