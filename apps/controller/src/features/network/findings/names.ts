import type { Findings, NetworkSubject } from './subject.js';

/** Every name is defined once, and every name that is used is defined. */
export function judgeNames({ policy }: NetworkSubject, findings: Findings): void {
  const { addressGroups, services, schedules, rules, payloadRules } = policy;
  for (const [list, items] of Object.entries({ addressGroups, services, schedules, payloadRules })) {
    const seen = new Set<string>();
    for (const [index, { name }] of items.entries()) {
      if (seen.has(name)) findings.error(`policy.${list}.${index}.name`, `the name ${name} is given twice`);
      seen.add(name);
    }
  }
  const ids = new Set<string>();
  const groups = new Set(addressGroups.map(({ name }) => name));
  const known = { services: new Set(services.map(({ name }) => name)), schedules: new Set(schedules.map(({ name }) => name)) };
  for (const [index, rule] of rules.entries()) {
    const path = `policy.rules.${index}`;
    if (ids.has(rule.id)) findings.error(`${path}.id`, `two rules have the id of “${rule.name}”`);
    ids.add(rule.id);
    for (const side of ['source', 'destination'] as const)
      for (const [at, name] of rule[side].groups.entries())
        if (!groups.has(name))
          findings.error(`${path}.${side}.groups.${at}`, `“${rule.name}” names the address group ${name}, which nothing defines`);
    for (const [at, name] of rule.services.entries())
      if (!known.services.has(name))
        findings.error(`${path}.services.${at}`, `“${rule.name}” names the service ${name}, which nothing defines`);
    if (rule.schedule !== null && !known.schedules.has(rule.schedule))
      findings.error(`${path}.schedule`, `“${rule.name}” names the schedule ${rule.schedule}, which nothing defines`);
  }
  for (const [index, { name, from, to }] of schedules.entries())
    if (from === to) findings.error(`policy.schedules.${index}.to`, `the schedule ${name} begins and ends at ${from}: it never holds`);
}
