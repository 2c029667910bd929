import { createServer } from 'node:net';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { AppError, nodeDisk } from '@phalanx/kit';
import { z } from 'zod';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { platformConfig } from '../../platform/platform.config.js';

const portsSchema = z.record(z.string(), z.int().min(1).max(65535));

/**
 * Ports that are free ones, but the same at every start, because boxes are told them: kept in `ports.json` in the home. A port
 * that the configuration names is not kept here.
 */
@Injectable()
export class ReservedPorts {
  private readonly path: string;

  constructor(@Inject(platformConfig.token) config: ConfigOf<typeof platformConfig>) {
    this.path = join(config.PHALANX_HOME, 'ports.json');
  }

  /** The configured port, or the reserved one. Throws `unavailable` when neither is there. */
  portOf(name: string, configured: number): number {
    const port = configured || this.read()[name];
    if (!port)
      throw new AppError('unavailable', 'broker.not-prepared', `no port is reserved for ${name}: run \`controller prepare\` first`);
    return port;
  }

  /** Reserves a free port for each name that has no configured one. A reserved port that somebody else took in the meantime is replaced. */
  async reserve(
    wanted: Readonly<Record<string, { readonly configured: number; readonly host: string; readonly isOurs: boolean }>>,
  ): Promise<void> {
    const ports = this.read();
    for (const [name, { configured, host, isOurs }] of Object.entries(wanted)) {
      if (configured) {
        if (!isOurs && !(await isFree(configured, host)))
          throw new AppError(
            'invalid',
            'broker.port-taken',
            `port ${configured} of ${host}, configured for ${name}, is taken by another process`,
          );
        continue;
      }
      const kept = ports[name];
      if (kept && (isOurs || (await isFree(kept, host)))) continue;
      ports[name] = await freePort(host, Object.values(ports));
    }
    nodeDisk.replace(this.path, `${JSON.stringify(ports, null, 2)}\n`, 0o644);
  }

  private read(): Record<string, number> {
    const text = nodeDisk.read(this.path);
    return text ? portsSchema.parse(JSON.parse(text.toString('utf8'))) : {};
  }
}

function listenOnce(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function isFree(port: number, host: string): Promise<boolean> {
  try {
    await listenOnce(port, host);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}

async function freePort(host: string, taken: readonly number[]): Promise<number> {
  for (;;) {
    const port = await listenOnce(0, host);
    if (!taken.includes(port)) return port;
  }
}
