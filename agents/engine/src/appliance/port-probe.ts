import { createServer } from 'node:net';
import type { AppliancePolicy } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';

/** Every address and port of a policy, as `address port`. */
function endpointsOf(policy: AppliancePolicy): Set<string> {
  return new Set(policy.applications.flatMap(({ listenPort }) => policy.listenAddresses.map((address) => `${address} ${listenPort}`)));
}

function probe(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'the address is in use by another program' : error.message;
      reject(new AppError('conflict', 'engine.address-in-use', `can't listen on ${address} port ${port}: ${why}`, { cause: error }));
    });
    // Shared, as the workers will: only a program that doesn't share the port stands in the way.
    server.listen({ host: address, port, reusePort: true }, () => server.close(() => resolve()));
  });
}

/** Tries to listen wherever `next` listens and `current` doesn't. Rejects with `conflict`, naming address and port. */
export async function probePorts(current: AppliancePolicy | null, next: AppliancePolicy): Promise<void> {
  const held = current ? endpointsOf(current) : new Set<string>();
  for (const endpoint of endpointsOf(next)) {
    if (held.has(endpoint)) continue;
    const [address = '', port = '0'] = endpoint.split(' ');
    await probe(address, Number(port));
  }
}
