import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApplianceView, ApplicationView, EventView, PolicyVersionView, PolicyWriteResult, TokenView } from '@phalanx/contracts';
import { builtProgram, Child, exchange, freePort, provisionBox, type ProvisionedBox, RestClient, waitUntil } from '@phalanx/testing';
import { asOwner } from './database.js';
import { type E2eFixture, startFixture } from './fixture.js';

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('phalanxctl', () => {
  let fixture: E2eFixture;
  let target: ProvisionedBox;
  let folder: string;

  const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
    const { PHALANX_URL: _url, PHALANX_TOKEN: _token, ...rest } = process.env;
    return { ...rest, PHALANX_CONFIG_DIR: join(folder, 'config'), ...more };
  };
  const program = () => builtProgram('apps/cli/dist/main.js');

  function run(args: readonly string[], { input = '', env = {} }: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Run> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program(), ...args], { env: environment(env), timeout: 30_000 });
      const text = { out: '', err: '' };
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, ...text }));
      child.stdin.end(input);
    });
  }

  /** One line for people on standard error, no stack, and a code that scripts see. */
  function expectRefusal({ code, out, err }: Run, reason: RegExp): void {
    expect({ code: code !== 0 && code !== null, out }).toEqual({ code: true, out: '' });
    expect(err).toMatch(reason);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toMatch(/^phalanxctl: /);
  }

  const login = (password = fixture.stack.state.adminPassword, env: NodeJS.ProcessEnv = {}) =>
    run(['login', '--url', fixture.stack.controllerUrl, '--user', 'admin', '--password-stdin'], { input: `${password}\n`, env });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'phalanx-cli-'));
    fixture = await startFixture();
    target = await provisionBox(fixture.stack, fixture.api, { name: 'cli', upstreamPort: fixture.shopPort });
  }, 180_000);

  afterAll(async () => {
    await fixture?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('says to sign in first, and says in one line why a login is refused', async () => {
    expectRefusal(await run(['list', 'tenants']), /not signed in; run: phalanxctl login/);
    expectRefusal(await login('a wrong password'), /user name|password/i);
    expectRefusal(
      await run(['login', '--url', `http://127.0.0.1:${await freePort()}`, '--user', 'admin', '--password-stdin'], { input: 'x\n' }),
      /can’t be reached: .*ECONNREFUSED/,
    );
  });

  it('signs in with a password from standard input and keeps a token, for its owner alone', async () => {
    const done = await login();
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toMatch(/^signed in to http:\/\/\S+ as admin until \d{4}-/);
    const file = join(folder, 'config/credentials.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(fixture.stack.state.adminPassword);
  });

  it('lists as a table and as JSON', async () => {
    const table = await run(['list', 'appliances']);
    expect(table).toMatchObject({ code: 0, err: '' });
    const [head, row] = table.out.split('\n');
    expect(head).toMatch(/^ID +NAME +ONLINE +STATE/);
    expect(row).toMatch(new RegExp(`^${target.appliance.id} +cli +online +in-sync`));
    const json = await run(['list', 'appliances', '--tenant', 'cli', '-o', 'json']);
    expect((JSON.parse(json.out) as ApplianceView[]).map((appliance) => appliance.id)).toEqual([target.appliance.id]);
    for (const kind of [
      'tenants',
      'sites',
      'clusters',
      'applications',
      'policies',
      'packs',
      'enrolments',
      'secrets',
      'operators',
      'tokens',
      'events',
      'audit',
    ])
      expect([kind, (await run(['list', kind])).code]).toEqual([kind, 0]);
  }, 60_000);

  it('shows one thing by its name, a box with what it runs, and says what is not there', async () => {
    const box = JSON.parse((await run(['show', 'appliances', 'cli', '-o', 'json'])).out) as ApplianceView & {
      state: { facets: unknown[] };
    };
    expect(box).toMatchObject({ id: target.appliance.id, syncState: 'in-sync', state: { facets: [{}, {}] } });
    expect((await run(['show', 'applications', 'cli application', '--tenant', 'cli'])).out).toContain('level: prevention');
    expectRefusal(await run(['show', 'appliances', 'nobody']), /there is no nobody among the appliances/);
  });

  it('shows what a policy would change, changes nothing in a dry run, then applies it', async () => {
    const file = join(folder, 'policy.yaml');
    writeFileSync(file, 'kind: Policy\nscope: tenant\ntenant: cli\ncomment: stricter\nsettings:\n  signatures:\n    paranoiaLevel: 2\n');
    const path = `/api/v1/policies/tenants/${target.tenantId}`;
    const digest = async () => (await fixture.api.get<ApplicationView>(`/api/v1/applications/${target.application.id}`)).settingsDigest;
    const before = await digest();
    const dry = await run(['apply', '-f', file, '--dry-run']);
    expect(dry).toMatchObject({ code: 0, err: '' });
    expect(dry.out).toContain('signatures.paranoiaLevel');
    expect(dry.out).toContain('affects 1 application:');
    expect(dry.out).toContain('dry run: nothing was changed');
    expect(await digest()).toBe(before);

    const done = await run(['apply', '-f', file, '-o', 'json']);
    expect(done).toMatchObject({ code: 0, err: '' });
    const result = JSON.parse(done.out) as PolicyWriteResult;
    expect(result.affected.map((application) => application.applicationId)).toEqual([target.application.id]);
    expect((await fixture.api.get<PolicyVersionView>(path)).document.settings.signatures?.paranoiaLevel).toBe(2);
    expect(await digest()).not.toBe(before);
    expect((await run(['apply', '-f', file])).out.trim()).toBe('nothing changes');

    writeFileSync(file, 'kind: Policy\nscope: tenant\ntenant: cli\nsettings:\n  signatures:\n    paranoiaLevel: 9\n');
    const bad = await run(['apply', '-f', file]);
    expect(bad.code).toBe(2);
    expect(bad.err).toContain('settings.signatures.paranoiaLevel');
    writeFileSync(file, 'kind: [Policy\n');
    expect(await run(['apply', '-f', file])).toMatchObject({ code: 2, out: '' });
    expectRefusal(await run(['apply', '-f', join(folder, 'nothing.yaml')]), /can’t be read/);
  }, 60_000);

  it('writes a network, makes blocks, and shows a pair, for boxes that are yet to come', async () => {
    const { api } = fixture;
    const tenant = await api.post<{ id: string }>('/api/v1/tenants', { name: 'Edge', slug: 'edge' });
    const site = await api.post<{ id: string }>('/api/v1/sites', { tenantId: tenant.id, name: 'Seoul', timeZone: 'Asia/Seoul' });
    const cluster = await api.post<{ id: string }>('/api/v1/clusters', { siteId: site.id, name: 'doors', kind: 'pair' });
    const boxes: ApplianceView[] = [];
    for (const name of ['left', 'right'])
      boxes.push(await api.post<ApplianceView>('/api/v1/appliances', { clusterId: cluster.id, name, listenAddresses: ['127.0.0.1'] }));

    const file = join(folder, 'network.yaml');
    const text = (ports: string) =>
      [
        'kind: Network',
        'tenant: edge',
        'cluster: doors',
        'policy:',
        '  addressGroups: [{ name: offices, addresses: [198.51.100.0/24] }]',
        `  services: [{ name: ssh, protocol: tcp, ports: ['${ports}'] }]`,
        '  rules: [{ name: Operators, source: { groups: [offices] }, services: [ssh], action: accept }]',
        '',
      ].join('\n');
    writeFileSync(file, text('22'));
    const diff = await run(['network', 'diff', '-f', file]);
    expect(diff).toMatchObject({ code: 0, err: '' });
    expect(diff.out).toMatch(/reaches 2 boxes: .*\ndry run: nothing was changed/);
    expectRefusal(await run(['network', 'show', 'doors']), /no network policy/);
    expect((await run(['network', 'apply', '-f', file])).out).toContain('applied as version 1');
    writeFileSync(file, text('2222'));
    expect((await run(['network', 'apply', '-f', file])).out).toMatch(/policy\.services\[ssh\]\.ports\n- {3}\["22"\]\n\+ {3}\["2222"\]/);
    writeFileSync(file, text('2222').replace('groups: [offices]', 'groups: [homes]'));
    const bad = await run(['network', 'apply', '-f', file]);
    expect([bad.code, bad.out]).toEqual([
      2,
      expect.stringMatching(/^error: policy\.rules\.0\.source\.groups\.0: .*homes, which nothing defines/),
    ]);
    expect((await run(['network', 'revert', 'doors', '1'])).out).toContain('applied as version 3');
    expect((await run(['network', 'versions', 'doors'])).out.trimEnd().split('\n')).toHaveLength(4);

    const list = join(folder, 'bots.txt');
    writeFileSync(list, '# bots\n203.0.113.9\n2001:db8:bad::/48\n');
    const added = await run(['blocks', 'add', '-f', list, '--tenant', 'edge', '--for', '2h', '--reason', 'bots']);
    expect(added.out).toMatch(/^2 blocked, 0 moved their expiry; 2 boxes are told/);
    const found = await run(['blocks', 'list', '--tenant', 'edge', '--address', '2001:db8:bad::7', '-o', 'json']);
    const [{ id }] = JSON.parse(found.out) as [{ id: string }];
    expect((await run(['blocks', 'proof', id])).out).toMatch(/^BOX +STATE +READ BACK +WHY\nleft +offline/);
    expect((await run(['blocks', 'remove', id])).code).toBe(0);
    expect((await run(['blocks', 'release', '203.0.113.9', '--tenant', 'edge', '--reason', 'a customer'])).code).toBe(0);
    expect((await run(['list', 'blocks', '--tenant', 'edge'])).out.trim()).toBe('no blocks');

    expectRefusal(await run(['ha', 'show', 'doors']), /no pair that takes over/);
    const settings = {
      vrid: 7,
      virtualAddresses: [{ address: '192.0.2.100/24', interface: 'eth0' }],
      advertMs: 100,
      transport: 'unicast',
      preempt: false,
      track: { intervalMs: 1000, fall: 2, rise: 2 },
      syncPort: null,
    };
    const members = boxes.map((box, index) => ({
      applianceId: box.id,
      interface: 'eth0',
      address: `192.0.2.${index + 1}`,
      priority: 150 - index,
    }));
    await api.ok('PUT', `/api/v1/clusters/${cluster.id}/ha`, { settings, members }, { 'if-match': '"0"' });
    expect((await run(['ha', 'show', 'doors'])).out).toMatch(/^unknown: neither member has reported yet/);
    expectRefusal(await run(['ha', 'failover', 'doors', '--reason', 'a test']), /no member that is in reach holds the addresses/);
    expect((await run(['ha', 'timeline', 'doors', '-o', 'json'])).out.trim()).toBe('[]');
    expect((await run(['drift', 'show', 'left', '--tenant', 'edge'])).out.trim()).toBe('nothing drifted');
    expectRefusal(await run(['drift', 'revert', 'left', 'network', '--tenant', 'edge']), /has not drifted/);
  }, 120_000);

  it('follows events: a fresh attack is printed', async () => {
    const tail = new Child({
      command: process.execPath,
      args: [program(), 'events', 'tail', '--tenant', 'cli', '-o', 'json'],
      env: environment(),
    });
    try {
      const lines: string[] = [];
      tail.onLine((line) => lines.push(line));
      const door = { host: '127.0.0.1', port: target.application.listenPort, name: 'shop.example' };
      const seen = await waitUntil(
        'an attack of after the start to be printed',
        async () => {
          const answer = await exchange(door, { method: 'GET', path: "/product?id=1'%20or%201=1--" });
          expect(answer.status).toBe(403);
          const requestId = /\b[0-9a-f]{32}\b/.exec(answer.body.toString('latin1'))![0];
          return waitUntil('the line', () => lines.find((line) => line.includes(requestId)), { timeoutMs: 3_000 });
        },
        { timeoutMs: 20_000 },
      );
      expect(JSON.parse(seen) as EventView).toMatchObject({ kind: 'attack', action: 'blocked', tenantId: target.tenantId });
    } finally {
      await tail.stop('SIGINT');
    }
    expect(await tail.exited).toEqual({ code: 0, signal: null });
  }, 60_000);

  it('says in one line that a token is revoked, has expired, or is none', async () => {
    const make = async (name: string) => {
      const made = await fixture.api.post<{ token: TokenView; secret: string }>('/api/v1/tokens', {
        name,
        permissions: ['fleet:read'],
        expiresInDays: 1,
      });
      return { id: made.token.id, env: { PHALANX_URL: fixture.stack.controllerUrl, PHALANX_TOKEN: made.secret } };
    };
    const [revoked, expired] = [await make('revoked'), await make('expired')];
    for (const { env } of [revoked, expired]) expect(await run(['list', 'tenants'], { env })).toMatchObject({ code: 0, err: '' });
    await fixture.api.ok('DELETE', `/api/v1/tokens/${revoked.id}`);
    await asOwner(fixture.stack.databaseUrl, (client) =>
      client.query(`update api_tokens set expires_at = now() - interval '1 second' where id = $1`, [expired.id]),
    );
    const nonsense = { ...revoked.env, PHALANX_TOKEN: 'phx_nonsense' };
    for (const env of [revoked.env, expired.env, nonsense]) {
      expectRefusal(await run(['list', 'tenants'], { env }), /token/);
      expectRefusal(await run(['events', 'tail'], { env }), /token/);
    }
    // What a token may not do is said as well.
    const { env } = await make('reader');
    expectRefusal(await run(['list', 'operators'], { env }), /may not|permission|allowed/);
    expectRefusal(
      await run(['list', 'tenants'], { env: { ...env, PHALANX_URL: `http://127.0.0.1:${await freePort()}` } }),
      /can’t be reached/,
    );
  }, 60_000);

  it('signs out: the token is worth nothing any more', async () => {
    const { token } = JSON.parse(readFileSync(join(folder, 'config/credentials.json'), 'utf8')) as { token: string };
    const caller = new RestClient(fixture.stack.controllerUrl, token);
    expect((await caller.send('GET', '/api/v1/tenants')).status).toBe(200);
    expect(await run(['logout'])).toMatchObject({ code: 0, err: '' });
    expect((await caller.send('GET', '/api/v1/tenants')).status).toBe(401);
    expectRefusal(await run(['list', 'tenants']), /not signed in/);
  });
});
