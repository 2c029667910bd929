import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
/** No page of the console takes longer than this to show what is asked for, even on a busy machine. */
const PATIENCE_MS = 20_000;
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Visitor {
  readonly language?: 'ko' | 'en';
  readonly scheme?: 'light' | 'dark';
  readonly size?: { readonly width: number; readonly height: number };
}

/** A page of one visitor, and what the browser complained about on it. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts, refusals of the content security policy, and errors that the console wrote. */
  readonly complaints: string[];
}

/** Headless Chromium that reaches nothing but this machine. */
export class ConsoleBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly profile: string,
    private readonly url: string,
  ) {}

  static async open(url: string): Promise<ConsoleBrowser> {
    const profile = mkdtempSync(join(tmpdir(), 'phalanx-chromium-'));
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ARGUMENTS,
      env: { ...process.env, HOME: profile },
      downloadsPath: profile,
    });
    return new ConsoleBrowser(browser, profile, url);
  }

  /** A visitor without cookies or memory of earlier visits. */
  async visit({ language = 'en', scheme = 'light', size = { width: 1440, height: 900 } }: Visitor = {}): Promise<Visit> {
    const context = await this.browser.newContext({
      baseURL: this.url,
      locale: language === 'ko' ? 'ko-KR' : 'en-GB',
      timezoneId: 'Asia/Seoul',
      colorScheme: scheme,
      viewport: size,
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // A refused call is written by the browser itself, also where the page handles it.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
    });
    return { page, context, complaints };
  }

  async close(): Promise<void> {
    await this.browser.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

/** Signs in and waits for the page behind. */
export async function signIn(page: Page, username: string, password: string, path = '/fleet'): Promise<void> {
  await page.goto(`/login?next=${encodeURIComponent(path)}`);
  await page.locator('input[autocomplete="username"]').fill(username);
  await page.locator('input[autocomplete="current-password"]').fill(password);
  await page.locator('button[type="submit"]').click();
  await page.waitForURL((url) => !url.pathname.startsWith('/login'));
  await page.locator('#page-title').waitFor();
}
