import type { FirewallRule, NetworkPolicy, Service } from '@phalanx/contracts';
import { type AddressRange, holdsRange, mergeRanges, parseAddressRange } from '../address-range.js';

/** Ranges of addresses; null: everybody. */
type Side = readonly AddressRange[] | null;

/** A rule as sets, to be compared with others. */
export interface CompiledRule {
  readonly rule: FirewallRule;
  readonly index: number;
  readonly source: Side;
  readonly destination: Side;
  /** Null: every protocol. */
  readonly services: readonly Service[] | null;
}

/** The rules that are enabled, in their order. Names that nothing defines stand for nobody. */
export function compileRules({ rules, addressGroups, services }: NetworkPolicy): CompiledRule[] {
  const groups = new Map(addressGroups.map(({ name, addresses }) => [name, addresses]));
  const byName = new Map(services.map((service) => [service.name, service]));
  const sideOf = ({ groups: names, addresses }: FirewallRule['source']): Side => {
    if (names.length === 0 && addresses.length === 0) return null;
    const texts = [...names.flatMap((name) => groups.get(name) ?? []), ...addresses];
    return mergeRanges(texts.flatMap((text) => parseAddressRange(text) ?? []));
  };
  return rules.flatMap((rule, index) => {
    if (!rule.enabled) return [];
    const named = rule.services.flatMap((name) => byName.get(name) ?? []);
    return [
      {
        rule,
        index,
        source: sideOf(rule.source),
        destination: sideOf(rule.destination),
        services: rule.services.length === 0 ? null : named,
      },
    ];
  });
}

/** Whether whatever fits the second rule fits the first as well. */
export function coversRule(first: CompiledRule, second: CompiledRule): boolean {
  return (
    first.rule.direction === second.rule.direction &&
    first.rule.schedule === null &&
    (first.rule.from === null || first.rule.from === second.rule.from) &&
    coversServices(first.services, second.services) &&
    coversSide(first.source, second.source) &&
    coversSide(first.destination, second.destination)
  );
}

function coversSide(first: Side, second: Side): boolean {
  if (first === null) return true;
  return second !== null && second.length > 0 && second.every((range) => holdsRange(first, range));
}

function coversServices(first: CompiledRule['services'], second: CompiledRule['services']): boolean {
  if (first === null) return true;
  return second !== null && second.length > 0 && second.every((service) => first.some((other) => coversService(other, service)));
}

function coversService(first: Service, second: Service): boolean {
  if (first.protocol === 'ip') return second.protocol === 'ip' && first.number === second.number;
  if (second.protocol === 'ip' || first.protocol !== second.protocol) return false;
  if (first.protocol === 'icmp')
    return (
      first.types.length === 0 ||
      (second.protocol === 'icmp' && second.types.length > 0 && second.types.every((type) => first.types.includes(type)))
    );
  const wide = first.ports.map(portsOf);
  return (
    second.protocol !== 'icmp' && second.ports.map(portsOf).every(([from, to]) => wide.some(([low, high]) => low <= from && to <= high))
  );
}

/** First and last port of `from-to` or of a single port. */
export function portsOf(text: string): readonly [number, number] {
  const [from = 0, to = from] = text.split('-').map(Number);
  return [from, to];
}
