import type { Interface, NetworkPolicy } from '@phalanx/contracts';
import { overlap, parseAddress, parseAddressRange } from '../address-range.js';
import type { Findings, NetworkSubject } from './subject.js';

type Member = NetworkSubject['members'][number];

/** Interfaces of each member fit together, and what the policy names is there. */
export function judgeInterfaces(subject: NetworkSubject, findings: Findings): void {
  for (const [index, member] of subject.members.entries()) judgeMember(`members.${index}.network`, member, findings);
  for (const [path, name] of namedByPolicy(subject.policy)) judgeNamed(path, name, subject.members, findings);
}

function judgeMember(path: string, { name: box, network: { interfaces, routes } }: Member, findings: Findings): void {
  const byName = new Map<string, Interface>();
  const tags = new Map<string, string>();
  const enslaved = new Map<string, string>();
  for (const [index, item] of interfaces.entries()) {
    const place = `${path}.interfaces.${index}`;
    if (byName.has(item.name)) findings.error(`${place}.name`, `${box} has the interface ${item.name} twice`);
    byName.set(item.name, item);
    if (item.kind === 'vlan') {
      const tag = `${item.parent} ${item.vlanId}`;
      const other = tags.get(tag);
      if (other) findings.error(`${place}.vlanId`, `${item.name} and ${other} are both VLAN ${item.vlanId} of ${item.parent}`);
      tags.set(tag, item.name);
    }
    if (item.kind === 'bond')
      for (const [at, member] of item.members.entries()) {
        const other = enslaved.get(member);
        if (other) findings.error(`${place}.members.${at}`, `${member} is a member of ${other} already`);
        enslaved.set(member, item.name);
      }
  }
  for (const [index, item] of interfaces.entries()) {
    const place = `${path}.interfaces.${index}`;
    if (item.kind === 'vlan' && !byName.has(item.parent)) findings.error(`${place}.parent`, `${box} has no interface ${item.parent}`);
    if (item.kind === 'vlan' && byName.get(item.parent)?.kind === 'vlan')
      findings.error(`${place}.parent`, `${item.parent} is a VLAN itself`);
    if (item.kind === 'vlan' && item.mtu !== null && item.mtu > (byName.get(item.parent)?.mtu ?? item.mtu))
      findings.error(`${place}.mtu`, `${item.name} can’t carry more than its parent ${item.parent}`);
    if (item.kind === 'bond')
      for (const [at, member] of item.members.entries())
        if (!byName.has(member)) findings.error(`${place}.members.${at}`, `${box} has no interface ${member}`);
    if (enslaved.has(item.name) && (item.addresses?.length ?? 0) > 0)
      findings.error(`${place}.addresses`, `${item.name} is part of ${enslaved.get(item.name)} and can’t have addresses of its own`);
  }
  judgeInterfaceAddresses(path, box, interfaces, findings);
  for (const [index, route] of routes.entries()) {
    const place = `${path}.routes.${index}`;
    if (route.interface !== null && interfaces.length > 0 && !byName.has(route.interface))
      findings.error(`${place}.interface`, `${box} has no interface ${route.interface}`);
    const [to, via] = [parseAddressRange(route.to), parseAddress(route.via)];
    if (to && via && to.family !== via.family) findings.error(`${place}.via`, `${route.to} and ${route.via} are of different families`);
    const twin = routes.findIndex((other) => other.to === route.to);
    if (twin < index) findings.error(`${place}.to`, `${route.to} has two routes`);
  }
}

function judgeInterfaceAddresses(path: string, box: string, interfaces: readonly Interface[], findings: Findings): void {
  const all = interfaces.flatMap((item, index) =>
    (item.addresses ?? []).map((text, at) => ({ text, item, place: `${path}.interfaces.${index}.addresses.${at}` })),
  );
  for (const [index, { text, item, place }] of all.entries()) {
    const range = parseAddressRange(text)!;
    const [address = '', prefix] = text.split('/');
    const { family, value } = parseAddress(address)!;
    const isWholeNetwork = family === 4 && Number(prefix) < 31 && (value === range.first || value === range.last);
    if (isWholeNetwork) findings.error(place, `${text} is the network’s own or its broadcast address, not a host’s`);
    for (const other of all.slice(0, index)) {
      if (other.text.split('/')[0] === address) findings.error(place, `${box} has the address ${address} twice`);
      else if (other.item !== item && overlap(range, parseAddressRange(other.text)!))
        findings.warning(place, `${text} on ${item.name} overlaps ${other.text} on ${other.item.name}`);
    }
  }
}

/** Each interface that the policy itself names, with its place. */
function namedByPolicy({ mirrors, inlineBridge }: NetworkPolicy): [string, string][] {
  const named = mirrors.flatMap(({ from, to }, index): [string, string][] => [
    [`policy.mirrors.${index}.from`, from],
    [`policy.mirrors.${index}.to`, to],
  ]);
  if (!inlineBridge) return named;
  return [
    ...named,
    ['policy.inlineBridge.clientSide', inlineBridge.clientSide],
    ['policy.inlineBridge.originSide', inlineBridge.originSide],
  ];
}

function judgeNamed(path: string, name: string, members: readonly Member[], findings: Findings): void {
  for (const { name: box, network } of members) {
    if (network.interfaces.length === 0) findings.warning(path, `${box} does not say which interfaces it has; ${name} must be one of them`);
    else if (!network.interfaces.some((item) => item.name === name)) findings.error(path, `${box} has no interface ${name}`);
  }
}
