import type { Upstream } from '@phalanx/contracts';

/** Where requests go, as addresses: `http://10.0.0.1:80, 10.0.0.2:80`. */
export function describeTargets({ protocol, targets }: Upstream): string {
  const address = (host: string, port: number) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
  return `${protocol}://${targets.map(({ host, port }) => address(host, port)).join(', ')}`;
}
