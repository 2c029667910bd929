import { parseAddressRange } from '../address-range.js';
import type { Findings, NetworkSubject } from './subject.js';

/** Ranges are of one family and run forwards. */
export function judgeAddresses({ policy }: NetworkSubject, findings: Findings): void {
  const check = (path: string, addresses: readonly string[]) => {
    for (const [index, address] of addresses.entries()) {
      const range = parseAddressRange(address);
      if (!range) findings.error(`${path}.${index}`, `${address} is no range of one family`);
      else if (range.first > range.last) findings.error(`${path}.${index}`, `${address} runs backwards`);
    }
  };
  for (const [index, group] of policy.addressGroups.entries()) check(`policy.addressGroups.${index}.addresses`, group.addresses);
  for (const [index, rule] of policy.rules.entries()) {
    check(`policy.rules.${index}.source.addresses`, rule.source.addresses);
    check(`policy.rules.${index}.destination.addresses`, rule.destination.addresses);
  }
  for (const [index, target] of (policy.inlineBridge?.intercept ?? []).entries())
    check(`policy.inlineBridge.intercept.${index}.address`, [target.address]);
}
