import { describe, expect, it } from '@jest/globals';
import { DEFAULT_NETWORK_POLICY, type NetworkVersionView } from '@phalanx/contracts';
import { describeNetworkChange } from './commands/network.js';
import { parseNetworkFile, policyOf } from './network-file.js';

const FILE = `
kind: Network
tenant: hanbit
cluster: edge
policy:
  defaults: { input: drop, forward: drop }
  addressGroups: [{ name: offices, addresses: [198.51.100.0/24] }]
  services: [{ name: ssh, protocol: tcp, ports: ['22'] }]
  rules:
    - { name: Operators, source: { groups: [offices] }, services: [ssh], action: accept }
`;

describe('a network file', () => {
  it('means the default policy with what it says itself', () => {
    const policy = policyOf(parseNetworkFile(FILE, 'n.yaml'), null);
    expect(policy).toMatchObject({
      protections: DEFAULT_NETWORK_POLICY.protections,
      defaults: { input: 'drop', forward: 'drop' },
      rules: [
        {
          name: 'Operators',
          enabled: true,
          direction: 'input',
          source: { groups: ['offices'], addresses: [] },
          services: ['ssh'],
          log: false,
        },
      ],
    });
  });

  it('keeps the id of the present rule of the same name', () => {
    const file = parseNetworkFile(FILE, 'n.yaml');
    const first = policyOf(file, null);
    expect(policyOf(file, { policy: first } as NetworkVersionView).rules[0]!.id).toBe(first.rules[0]!.id);
    expect(policyOf(file, null).rules[0]!.id).not.toBe(first.rules[0]!.id);
  });

  it.each([
    ['an unknown part', FILE.replace('defaults:', 'default:'), /policy.*default/],
    ['a port out of range', FILE.replace("'22'", "'70000'"), /policy\.services\.0\.ports\.0/],
    ['no cluster', FILE.replace('cluster: edge\n', ''), /cluster/],
    ['broken YAML', 'kind: [', /n\.yaml/],
  ])('with %s is refused naming the place', (_, text, expected) => {
    expect(() => parseNetworkFile(text, 'n.yaml')).toThrow(expected);
  });
});

describe('a change of the network', () => {
  it('is shown with what is wrong or odd, what changes, and which boxes it reaches', () => {
    const text = describeNetworkChange({
      dryRun: true,
      network: null,
      changes: [{ path: 'policy.confirmSeconds', from: 30, to: 60 }],
      findings: [{ path: 'policy.rules.1', severity: 'warning', message: 'it is hidden' }],
      affected: [{ applianceId: 'a', name: 'box-1' }],
    });
    expect(text).toBe('warning: policy.rules.1: it is hidden\n  policy.confirmSeconds\n-   30\n+   60\nreaches 1 box: box-1');
    expect(describeNetworkChange({ dryRun: true, network: null, changes: [], findings: [], affected: [] })).toBe('nothing changes');
  });
});
