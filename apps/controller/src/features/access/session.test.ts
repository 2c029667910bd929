import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '@phalanx/kit';
import { RestClient } from '@phalanx/testing';
import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import { Authenticator } from '../../platform/http/principal.js';
import { Roles } from '../../platform/roles.js';
import { createServer } from '../../server.js';
import { connectAsOwner, outcomeOf, PASSWORD } from '../../testing/fleet-fixture.js';
import { startController, type TestController } from '../../testing/start-controller.js';

describe('a session', () => {
  let controller: TestController;
  let admin: RestClient;
  let owner: pg.Client;

  beforeAll(async () => {
    controller = await startController({ environment: { PHALANX_LOGIN_FAILURES_PER_SOURCE: '40' } });
    admin = await RestClient.signIn(controller.url, 'admin', PASSWORD);
    owner = await connectAsOwner(controller);
  }, 60_000);

  afterAll(async () => {
    await owner?.end();
    await controller?.stop();
  });

  const signIn = (username: string, password: string, url = controller.url) =>
    new RestClient(url).send('POST', '/api/v1/session', { username, password });

  async function addOperator(username: string): Promise<void> {
    await admin.post('/api/v1/operators', { username, displayName: username, password: PASSWORD, bindings: [] });
  }

  it('is a cookie that no script reads and no other site sends', async () => {
    const answer = await signIn('admin', PASSWORD);
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^phalanx_session=[A-Za-z0-9_-]{43}; /);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).toMatch(/Path=\//);
    const stored = await owner.query<{ token_hash: string }>('select token_hash from sessions');
    const secret = /=([^;]+)/.exec(cookie!)![1]!;
    expect(stored.rows.some((row) => row.token_hash === secret)).toBe(false);
  });

  it('is refused alike for a wrong password, an unknown name and a disabled operator', async () => {
    await addOperator('gone');
    await owner.query(`update operators set disabled = true where username = 'gone'`);
    const answers = [await signIn('admin', 'not the password'), await signIn('nobody', PASSWORD), await signIn('gone', PASSWORD)];
    expect(answers.map(outcomeOf)).toEqual(Array(3).fill([401, 'access.bad-login']));
    const { rows } = await owner.query(`select action, outcome from audit_entries where outcome = 'refused'`);
    expect(rows).toHaveLength(3);
  });

  it('changes nothing without its CSRF token', async () => {
    const [cookie] = (await signIn('admin', PASSWORD)).headers.getSetCookie();
    const stolen = { cookie: cookie!.split(';')[0]! };
    const body = { name: 'Forged', slug: 'forged' };
    const anonymous = new RestClient(controller.url);
    expect(outcomeOf(await anonymous.send('POST', '/api/v1/tenants', body, stolen))).toEqual([403, 'access.csrf']);
    expect(outcomeOf(await anonymous.send('POST', '/api/v1/tenants', body, { ...stolen, 'x-csrf-token': 'guess' }))).toEqual([
      403,
      'access.csrf',
    ]);
    expect((await anonymous.send('GET', '/api/v1/tenants', undefined, stolen)).status).toBe(200);
  });

  it.each([
    ['eight idle hours', `last_used_at = now() - interval '481 minutes'`],
    ['a day', `expires_at = now() - interval '1 second'`],
  ])('ends after %s', async (_, change) => {
    await addOperator(`sleeper-${change.length}`);
    const sleeper = await RestClient.signIn(controller.url, `sleeper-${change.length}`, PASSWORD);
    expect((await sleeper.send('GET', '/api/v1/session')).status).toBe(200);
    await owner.query(`update sessions set ${change} where operator_id = (select id from operators where username = $1)`, [
      `sleeper-${change.length}`,
    ]);
    expect(outcomeOf(await sleeper.send('GET', '/api/v1/session'))).toEqual([401, 'access.bad-credential']);
  });

  it('is not kept alive by a screen that only looks on', async () => {
    await addOperator('onlooker');
    const [cookie] = (await signIn('onlooker', PASSWORD)).headers.getSetCookie();
    const [name, value] = cookie!.split(';')[0]!.split('=') as [string, string];
    const request = { headers: {}, cookies: { [name]: value } } as unknown as FastifyRequest;
    const idleMinutes = async () => {
      const { rows } = await owner.query<{ idle: number }>(
        `select round(extract(epoch from now() - last_used_at) / 60)::int as idle from sessions where operator_id = (select id from operators where username = 'onlooker')`,
      );
      return rows[0]!.idle;
    };
    await owner.query(
      `update sessions set last_used_at = now() - interval '30 minutes' where operator_id = (select id from operators where username = 'onlooker')`,
    );
    const authenticator = controller.app.get(Authenticator, { strict: false });
    expect((await authenticator.reauthenticate(request))?.username).toBe('onlooker');
    expect(await idleMinutes()).toBe(30);
    expect((await authenticator.authenticate(request))?.username).toBe('onlooker');
    expect(await idleMinutes()).toBe(0);
  });

  it('ends by signing out', async () => {
    const guest = await RestClient.signIn(controller.url, 'admin', PASSWORD);
    expect((await guest.send('DELETE', '/api/v1/session')).status).toBe(204);
    expect((await guest.send('GET', '/api/v1/session')).status).toBe(401);
  });

  it('is throttled per account, over replicas and restarts, also for names that don’t exist', async () => {
    await addOperator('target');
    for (const username of ['target', 'no-such-name']) {
      // At once: what is not counted before the password is looked at would slip through.
      const tries = await Promise.all(Array.from({ length: 12 }, () => signIn(username, 'guess guess guess')));
      expect(tries.filter((answer) => answer.status === 401)).toHaveLength(10);
      expect(tries.filter((answer) => answer.status === 429)).toHaveLength(2);
    }
    const replica = await createServer({
      roles: new Roles(['api']),
      environment: controller.environment,
      logger: silentLogger,
      consoleFolder: null,
    });
    try {
      await replica.listen(0, '127.0.0.1');
      const right = await signIn('target', PASSWORD, await replica.getUrl());
      expect(outcomeOf(right)).toEqual([429, 'access.throttled']);
      expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(60);
      expect(Number(right.headers.get('retry-after'))).toBeLessThanOrEqual(900);
    } finally {
      await replica.close();
    }
    await owner.query(`update login_attempts set window_ends_at = now() - interval '1 second'`);
    expect((await signIn('target', PASSWORD)).status).toBe(200);
  });

  it('is throttled per source, whatever names are tried', async () => {
    await owner.query('delete from login_attempts');
    const statuses: number[] = [];
    for (let n = 0; n < 42; n++) statuses.push((await signIn(`guess-${n}`, 'guess guess guess')).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(40);
    expect(statuses.slice(40)).toEqual([429, 429]);
  });
});
