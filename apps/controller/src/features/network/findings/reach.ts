import { isIP } from 'node:net';
import { holdsRange, mergeRanges, parseAddressRange } from '../address-range.js';
import { portsOf } from './compiled-rule.js';
import type { Findings, NetworkSubject } from './subject.js';

/** The controller still reaches the box, clients still reach applications, and copies don't go in circles. */
export function judgeReach({ policy, applications, controllers }: NetworkSubject, findings: Findings): void {
  const { management, mirrors, inlineBridge, protections } = policy;
  if (management.networks.length > 0) {
    const allowed = mergeRanges(management.networks.flatMap((network) => parseAddressRange(network) ?? []));
    for (const address of controllers)
      if (isIP(address) !== 0 && !holdsRange(allowed, parseAddressRange(address)!))
        findings.warning('policy.management.networks', `the controller’s own address ${address} is in none of the management networks`);
  } else if (management.ports.length > 0)
    findings.warning('policy.management.networks', 'no network is named: everybody reaches the management ports');
  for (const [index, ports] of management.ports.entries()) {
    const [from, to] = portsOf(ports);
    for (const { name, listenPort } of applications)
      if (from <= listenPort && listenPort <= to)
        findings.error(
          `policy.management.ports.${index}`,
          `“${name}” listens on port ${listenPort}; as a management port its clients could not reach it`,
        );
  }
  for (const [index, { from, to }] of mirrors.entries())
    if (from === to) findings.error(`policy.mirrors.${index}.to`, `copies of ${from} can’t leave by ${from} itself`);
  if (inlineBridge) judgeBridge(inlineBridge, applications, findings);
  const { syn, connections } = protections.floods;
  if (syn && connections !== null && syn.burst > connections)
    findings.warning(
      'policy.protections.floods.connections',
      `a source may open ${syn.burst} connections at once, but have only ${connections}`,
    );
}

function judgeBridge(
  bridge: NonNullable<NetworkSubject['policy']['inlineBridge']>,
  applications: NetworkSubject['applications'],
  findings: Findings,
): void {
  if (bridge.clientSide === bridge.originSide) findings.error('policy.inlineBridge.originSide', 'a bridge needs two different interfaces');
  for (const [index, { port }] of bridge.intercept.entries())
    if (!applications.some(({ listenPort }) => listenPort === port))
      findings.warning(`policy.inlineBridge.intercept.${index}.port`, `no application of the cluster listens on port ${port}`);
}
