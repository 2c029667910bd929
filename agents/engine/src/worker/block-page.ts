import type { Block, Exchange, HeaderPair, Page } from '@phalanx/proxy';

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request could not be understood',
  403: 'Access denied',
  413: 'The request is too large',
  414: 'The address is too long',
  431: 'The request header is too large',
  503: 'Temporarily unavailable',
};
const HINT = 'If you think that this is a mistake, tell the site’s owner the number below.';

/** Whether the client ranks JSON before HTML: it names it, and HTML nowhere before it. */
function prefersJson(accept: string): boolean {
  const json = accept.search(/application\/(?:[\w.-]+\+)?json/i);
  const html = accept.search(/text\/html|application\/xhtml\+xml/i);
  return json >= 0 && (html < 0 || json < html);
}

/** The answer to a refused request: neutral, and with the request's id, under which the event is found. */
export function renderBlockPage(exchange: Exchange, block: Block): Page {
  const accept = exchange.request.headers.find(([name]) => name.toLowerCase() === 'accept')?.[1] ?? '';
  const title = TITLES[block.status] ?? 'The request was not accepted';
  const common: readonly HeaderPair[] = [
    ['Cache-Control', 'no-store'],
    ['X-Content-Type-Options', 'nosniff'],
  ];
  if (prefersJson(accept)) {
    const body = JSON.stringify({ title, status: block.status, requestId: exchange.requestId });
    return { headers: [['Content-Type', 'application/problem+json; charset=utf-8'], ...common], body: Buffer.from(body) };
  }
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 16px/1.5 system-ui, sans-serif; color: #222; background: #f6f6f6; }
main { max-width: 34rem; padding: 2rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
code { font: .95rem ui-monospace, monospace; background: #e9e9e9; padding: .15rem .4rem; border-radius: .25rem; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${HINT}</p>
<p>Request id: <code>${exchange.requestId}</code></p>
</main>
</body>
</html>
`;
  return { headers: [['Content-Type', 'text/html; charset=utf-8'], ...common], body: Buffer.from(body) };
}
