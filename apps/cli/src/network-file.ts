import { randomUUID } from 'node:crypto';
import {
  DEFAULT_NETWORK_POLICY,
  firewallRuleSchema,
  memberNetworkSchema,
  nameSchema,
  type NetworkPolicy,
  networkPolicySchema,
  type NetworkVersionView,
  slugSchema,
  uuidSchema,
} from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { parseDocument } from 'yaml';
import { z } from 'zod';

const everybody = { groups: [], addresses: [] };
/** A rule as a person writes it: what is left out is the usual; without an id it is known by its name. */
const ruleSchema = firewallRuleSchema.extend({
  id: uuidSchema.optional(),
  enabled: firewallRuleSchema.shape.enabled.default(true),
  direction: firewallRuleSchema.shape.direction.default('input'),
  from: firewallRuleSchema.shape.from.default(null),
  source: firewallRuleSchema.shape.source.partial().default(everybody),
  destination: firewallRuleSchema.shape.destination.partial().default(everybody),
  services: firewallRuleSchema.shape.services.default([]),
  schedule: firewallRuleSchema.shape.schedule.default(null),
  log: firewallRuleSchema.shape.log.default(false),
});

/** What stands in the file that `network apply -f` takes. Parts of the policy that are left out are the default's. */
const networkFileSchema = z.strictObject({
  kind: z.literal('Network'),
  tenant: z.union([uuidSchema, slugSchema]).optional(),
  cluster: z.union([uuidSchema, nameSchema]),
  comment: z.string().max(500).default(''),
  policy: networkPolicySchema.partial().extend({ rules: z.array(ruleSchema).max(5000).optional() }),
  members: z
    .array(z.strictObject({ appliance: z.union([uuidSchema, nameSchema]), network: memberNetworkSchema }))
    .max(2)
    .default([]),
});
export type NetworkFile = z.infer<typeof networkFileSchema>;

/** Parses a network file. Throws `invalid` with every place that is wrong, by line where YAML itself is. */
export function parseNetworkFile(text: string, name: string): NetworkFile {
  const document = parseDocument(text, { prettyErrors: true });
  const [problem] = document.errors;
  if (problem) throw new AppError('invalid', 'cli.bad-yaml', `${name}: ${problem.message}`);
  const parsed = networkFileSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => `\n  ${issue.path.join('.') || '(file)'}: ${issue.message}`).join('');
  throw new AppError('invalid', 'cli.bad-network', `${name} is no network policy:${places}`);
}

/** The whole policy that a file means. Rules without an id keep that of the present rule of their name. */
export function policyOf({ policy }: NetworkFile, present: NetworkVersionView | null): NetworkPolicy {
  const ids = new Map((present?.policy.rules ?? []).map((rule) => [rule.name, rule.id]));
  const rules = (policy.rules ?? []).map((rule) => ({
    ...rule,
    id: rule.id ?? ids.get(rule.name) ?? randomUUID(),
    source: { ...everybody, ...rule.source },
    destination: { ...everybody, ...rule.destination },
  }));
  return networkPolicySchema.parse({ ...DEFAULT_NETWORK_POLICY, ...policy, rules });
}
