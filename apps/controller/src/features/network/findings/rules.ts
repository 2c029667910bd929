import { type CompiledRule, compileRules, coversRule, portsOf } from './compiled-rule.js';
import type { Findings, NetworkSubject } from './subject.js';

/** Comparisons of rules after which the search for hidden ones ends: a large list must not hold up the request. */
const MOST_COMPARISONS = 2_000_000;

/** Rules that can never fit, that an earlier one hides, or that shut out an application's clients. */
export function judgeRules(subject: NetworkSubject, findings: Findings): void {
  const rules = compileRules(subject.policy);
  for (const rule of rules) judgeFit(rule, subject, findings);
  judgeHidden(rules, findings);
  for (const rule of rules) judgeListeners(rule, subject, findings);
}

function judgeFit({ rule, index, source, destination, services }: CompiledRule, { members }: NetworkSubject, findings: Findings): void {
  const path = `policy.rules.${index}`;
  const families = (side: CompiledRule['source']) =>
    ([4, 6] as const).filter((family) => !side || side.some((range) => range.family === family));
  const [from, to] = [families(source), families(destination)];
  if (from.length > 0 && to.length > 0 && !from.some((family) => to.includes(family)))
    findings.error(`${path}.destination`, `“${rule.name}” can never fit: its source and its destination are of different families`);
  if (rule.action === 'reject' && services?.some((service) => service.protocol === 'icmp'))
    findings.warning(`${path}.action`, `“${rule.name}” answers ICMP with ICMP; drop it instead`);
  const roles = new Set(members.flatMap(({ network }) => network.interfaces.flatMap((item) => item.roles)));
  if (rule.from !== null && roles.size > 0 && !roles.has(rule.from))
    findings.warning(`${path}.from`, `“${rule.name}” can never fit: no interface has the role ${rule.from}`);
}

function judgeHidden(rules: readonly CompiledRule[], findings: Findings): void {
  let comparisons = 0;
  for (const [at, rule] of rules.entries()) {
    for (const earlier of rules.slice(0, at)) {
      if (++comparisons > MOST_COMPARISONS) {
        findings.warning('policy.rules', `rules after the ${at}th were not looked through for hidden ones: there are too many`);
        return;
      }
      if (!coversRule(earlier, rule)) continue;
      const same = earlier.rule.action === rule.rule.action ? 'it changes nothing' : `it never gets to ${rule.rule.action}`;
      findings.warning(
        `policy.rules.${rule.index}`,
        `“${rule.rule.name}” is hidden by “${earlier.rule.name}”, which stands before it: ${same}`,
      );
      break;
    }
  }
}

/** What refuses everybody at an application's port also refuses its clients. */
function judgeListeners({ rule, index, source, services }: CompiledRule, { applications }: NetworkSubject, findings: Findings): void {
  if (rule.direction !== 'input' || rule.action === 'accept' || source !== null || rule.schedule !== null) return;
  const isHit = (port: number) =>
    services?.some(
      (service) => service.protocol === 'tcp' && service.ports.map(portsOf).some(([from, to]) => from <= port && port <= to),
    ) ?? true;
  for (const { name, listenPort } of applications)
    if (isHit(listenPort))
      findings.warning(`policy.rules.${index}`, `“${rule.name}” refuses all clients of “${name}” at port ${listenPort}`);
}
