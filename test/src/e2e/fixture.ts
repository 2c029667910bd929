import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShop, type RestClient, Stack, type StackOptions } from '@phalanx/testing';

/** A running stack with a shop behind it, on a home of its own. */
export interface E2eFixture {
  readonly home: string;
  readonly stack: Stack;
  readonly api: RestClient;
  readonly shopPort: number;
  /** What the supervisors had to say. */
  readonly troubles: string[];
  stop(): Promise<void>;
}

export async function startFixture(options: Partial<StackOptions> = {}): Promise<E2eFixture> {
  const home = mkdtempSync(join(tmpdir(), 'phalanx-e2e-'));
  const troubles: string[] = [];
  const shop: Server = createShop();
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  let stack: Stack | undefined;
  const stop = async () => {
    await stack?.stop();
    shop.closeAllConnections();
    shop.close();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    stack = await Stack.start({ home, durable: false, onTrouble: (message) => troubles.push(message), ...options });
    const api = await stack.signIn();
    return { home, stack, api, shopPort: (shop.address() as AddressInfo).port, troubles, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
