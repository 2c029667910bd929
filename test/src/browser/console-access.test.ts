import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { SiteView, TenantView } from '@phalanx/contracts';
import { repositoryRoot } from '@phalanx/testing';
import { type E2eFixture, startFixture } from '../e2e/fixture.js';
import { ConsoleBrowser, signIn } from './console-browser.js';
import { auditPage } from './page-audit.js';

const PASSWORD = 'a long enough password';

describe('the console without any appliance', () => {
  let fixture: E2eFixture;
  let browser: ConsoleBrowser;
  let tenant: TenantView;
  const admin = () => [fixture.stack.state.adminUser, fixture.stack.state.adminPassword] as const;

  beforeAll(async () => {
    fixture = await startFixture({ consoleFolder: join(repositoryRoot, 'apps/console/dist/app') });
    tenant = await fixture.api.post<TenantView>('/api/v1/tenants', { name: 'Hanbit Commerce', slug: 'hanbit' });
    await fixture.api.post<TenantView>('/api/v1/tenants', { name: 'Rheinbank', slug: 'rheinbank' });
    await fixture.api.post<SiteView>('/api/v1/sites', { tenantId: tenant.id, name: 'Seoul', timeZone: 'Asia/Seoul' });
    browser = await ConsoleBrowser.open(fixture.stack.controllerUrl);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await fixture?.stop();
  }, 60_000);

  it('asks who is there, says so when it is the wrong one, and then goes where one wanted to', async () => {
    const { page, context, complaints } = await browser.visit();
    await page.goto('/events?ruleId=942100');
    await page.waitForURL(/\/login\?next=/);
    await page.getByLabel('User name').fill(admin()[0]);
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The user name or the password is wrong.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(admin()[1]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/\/events\?ruleId=942100$/);
    await page.getByRole('heading', { name: 'Events' }).waitFor();
    expect(await page.evaluate(() => document.cookie)).toBe('');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('never goes to another site after signing in', async () => {
    const { page, context } = await browser.visit();
    await signIn(page, ...admin(), '//evil.example/');
    expect(new URL(page.url()).origin).toBe(new URL(fixture.stack.controllerUrl).origin);
    await context.close();
  });

  it('speaks the browser’s language, and then the chosen one for good', async () => {
    const { page, context } = await browser.visit({ language: 'ko' });
    await signIn(page, ...admin());
    await page.getByRole('heading', { name: '장비 현황' }).waitFor();
    await page.getByRole('button', { name: '언어' }).click();
    await page.getByRole('menuitem', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
    await context.close();
  });

  it('is dark when the system is, and then as chosen for good', async () => {
    const { page, context } = await browser.visit({ scheme: 'dark' });
    const scheme = () => page.evaluate(() => document.documentElement.getAttribute('data-mantine-color-scheme'));
    await signIn(page, ...admin());
    expect(await scheme()).toBe('dark');
    await page.getByRole('button', { name: 'Light theme' }).click();
    await page.reload();
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    expect(await scheme()).toBe('light');
    await context.close();
  });

  it('keeps the chosen tenant in the address from page to page', async () => {
    const { page, context } = await browser.visit();
    await signIn(page, ...admin());
    await page.getByRole('combobox', { name: 'Tenant' }).click();
    await page.getByRole('option', { name: 'Hanbit Commerce' }).click();
    await page.waitForURL(/tenant=hanbit/);
    await page.getByRole('link', { name: 'Policies' }).click();
    await page.waitForURL(/\/policies\?tenant=hanbit$/);
    await page.getByRole('link', { name: 'Hanbit Commerce' }).waitFor();
    expect(await page.getByRole('link', { name: 'Rheinbank' }).count()).toBe(0);
    await page.getByRole('combobox', { name: 'Tenant' }).click();
    await page.getByRole('option', { name: 'All tenants' }).click();
    await page.getByRole('link', { name: 'Rheinbank' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    await context.close();
  });

  it('teaches the next step where there is nothing yet', async () => {
    const { page, context } = await browser.visit();
    await signIn(page, ...admin());
    await page.getByText('There is no appliance yet', { exact: true }).waitFor();
    await page.goto('/events');
    await page.getByText('There is no event yet', { exact: true }).waitFor();
    await page.goto('/nowhere');
    await page.getByText('There is nothing at this address').waitFor();
    await context.close();
  });

  it('shows a viewer of one tenant that tenant, and of the administration only what it may see', async () => {
    const bindings = [{ role: 'tenant-viewer', tenantId: tenant.id }];
    await fixture.api.post('/api/v1/operators', { username: 'viewer', displayName: 'Viewer', password: PASSWORD, bindings });
    const { page, context, complaints } = await browser.visit();
    await signIn(page, 'viewer', PASSWORD);
    await page.getByRole('link', { name: 'Policies' }).waitFor();
    // The signature packs are all that a viewer may see of the administration.
    await page.getByRole('link', { name: 'Administration' }).click();
    await page.getByRole('tab', { name: 'Signature packs' }).waitFor();
    expect(await page.getByRole('tab').count()).toBe(1);
    await page.goto(`/policies/tenant/${tenant.id}`);
    await page.getByText('Your role may read this policy, not change it.').waitFor();
    await page.getByRole('combobox', { name: 'Tenant' }).click();
    expect(await page.getByRole('option').allTextContents()).toEqual(['All tenants', 'Hanbit Commerce']);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('previews, saves, compares and reverts a policy', async () => {
    const { page, context, complaints } = await browser.visit();
    await signIn(page, ...admin(), `/policies/tenant/${tenant.id}`);
    await page.getByRole('switch', { name: 'Set here: Inbound score threshold' }).check({ force: true });
    await page.getByRole('textbox', { name: 'Inbound score threshold' }).fill('5000');
    await page.getByText('must be at most 1000.').first().waitFor();
    expect(await page.getByRole('button', { name: 'Preview and save…' }).isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: 'Inbound score threshold' }).fill('7');
    await page.getByRole('button', { name: 'Preview and save…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('cell', { name: 'Inbound score threshold' }).waitFor();
    await dialog.getByLabel('Comment').fill('calmer for the season');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved as version 2.').waitFor();
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByText('From version 1 to version 2').waitFor();
    await page.getByText('calmer for the season').waitFor();
    await page.getByRole('button', { name: 'Revert to this…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revert' }).click();
    await page.getByText('Saved as version 3.').waitFor();
    const policy = await fixture.api.get<{ document: unknown; version: number }>(`/api/v1/policies/tenants/${tenant.id}`);
    expect(policy).toMatchObject({ version: 3, document: { settings: {}, locks: [] } });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('shows a token’s secret once, and revokes the token', async () => {
    const { page, context } = await browser.visit();
    await signIn(page, ...admin(), '/administration/tokens');
    await page.getByRole('button', { name: 'Create a token' }).click();
    await page.getByLabel('Name').fill('browser test');
    await page.getByRole('button', { name: 'Create the token' }).click();
    const secret = await page.locator('[data-secret]').textContent();
    const answer = await fetch(`${fixture.stack.controllerUrl}/api/v1/tenants`, { headers: { authorization: `Bearer ${secret}` } });
    expect(answer.status).toBe(200);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.reload();
    await page.getByText('browser test').waitFor();
    expect(await page.content()).not.toContain(secret);
    await page.getByRole('button', { name: 'Revoke…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Revoked', { exact: true }).waitFor();
    const refused = await fetch(`${fixture.stack.controllerUrl}/api/v1/tenants`, { headers: { authorization: `Bearer ${secret}` } });
    expect(refused.status).toBe(401);
    await context.close();
  });

  it('adds an operator, and shows the audit trail with its chain verified', async () => {
    const { page, context } = await browser.visit({ language: 'ko' });
    await signIn(page, ...admin(), '/administration/operators');
    await page.getByRole('button', { name: '운영자 추가' }).click();
    await page.getByLabel('사용자 이름').fill('jiyoon');
    await page.getByLabel('이름', { exact: true }).fill('김지윤');
    await page.getByLabel('비밀번호', { exact: true }).fill('short');
    await page.getByRole('button', { name: '저장' }).click();
    await page.getByText('12자 이상이어야 합니다').waitFor();
    await page.getByLabel('비밀번호', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: '저장' }).click();
    await page.getByRole('cell', { name: 'jiyoon' }).waitFor();
    await page.getByRole('tab', { name: '감사 기록' }).click();
    await page.getByRole('button', { name: '기록 검증' }).click();
    await page.getByText(/기록 \d+건이 모두 온전합니다/).waitFor();
    await page.getByRole('link', { name: '장비 현황' }).click();
    await page.getByRole('heading', { name: '장비 현황' }).waitFor();
    await context.close();
  });

  const PAGES = [
    '/fleet',
    '/applications',
    '/events',
    '/policies',
    '/policies/provider/baseline',
    '/administration/operators',
    '/administration/tokens',
    '/administration/audit',
    '/administration/signature-packs',
  ];
  it.each([
    ['ko', 'light', 1440, 900],
    ['ko', 'dark', 1024, 768],
    ['en', 'light', 1024, 768],
    ['en', 'dark', 1440, 900],
  ] as const)(
    'has no page in %s, %s and %d pixels wide that is faint, nameless, untranslated or cut off',
    async (language, scheme, width, height) => {
      const { page, context, complaints } = await browser.visit({ language, scheme, size: { width, height } });
      await page.goto('/login');
      await page.locator('h1').waitFor();
      const bad = { nameless: [], faint: [], untranslated: [], overflowPx: 0, language };
      expect({ path: '/login', ...(await auditPage(page)) }).toEqual({ path: '/login', ...bad });
      await signIn(page, ...admin());
      for (const path of PAGES) {
        await page.goto(path);
        await page.locator('h1').waitFor();
        await page.waitForFunction(() => document.querySelector('.mantine-Skeleton-root') === null);
        expect({ path, ...(await auditPage(page)) }).toEqual({ path, ...bad });
      }
      expect(complaints).toEqual([]);
      await context.close();
    },
    120_000,
  );

  it('leads back to the sign-in when the session ends in another tab', async () => {
    const { page, context } = await browser.visit();
    await signIn(page, ...admin());
    await page.locator('[data-live="open"]').waitFor();
    const other = await context.newPage();
    await other.goto('/events');
    await other.getByRole('button', { name: /^Signed in as/ }).click();
    await other.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(/\/login\?next=/);
    await page.getByLabel('User name').waitFor();
    await context.close();
  });

  it('signs out', async () => {
    const { page, context } = await browser.visit();
    await signIn(page, ...admin());
    await page.getByRole('button', { name: /^Signed in as/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(/\/login$/);
    await page.goto('/fleet');
    await page.waitForURL(/\/login\?next=/);
    await context.close();
  });

  it('says how long to wait after too many failures', async () => {
    const { page, context } = await browser.visit();
    await page.goto('/login');
    await page.getByLabel('User name').fill('somebody');
    for (let attempt = 0; attempt < 200; attempt++) {
      await page.getByLabel('Password', { exact: true }).fill('wrong');
      const answered = page.waitForResponse(
        (response) => response.url().endsWith('/api/v1/session') && response.request().method() === 'POST',
      );
      await page.getByRole('button', { name: 'Sign in' }).click();
      if ((await answered).status() === 429) break;
    }
    await page.getByText(/too many failed attempts\. You can try again in \d+ (second|minute)/).waitFor();
    await context.close();
  });
});
