import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CATALOGUE, type Product } from './catalogue.js';

const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function page(title: string, body: string): string {
  return `<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>${escape(title)}</title><link rel="stylesheet" href="/style.css"></head><body><nav><a href="/">Home</a> <a href="/search">Search</a> <a href="/cart">Cart</a></nav><main>${body}</main></body></html>`;
}

const row = (p: Product): string =>
  `<li><a href="/product?id=${p.id}">${escape(p.name)} (${escape(p.nameKo)})</a> ${p.price.toLocaleString('en-US')} KRW</li>`;

const STYLE = 'body{font-family:sans-serif;max-width:50rem;margin:2rem auto}nav a{margin-right:1rem}';
/** A picture-sized binary answer whose bytes follow from its number. */
const picture = (id: number): Buffer => {
  const blocks = Array.from({ length: 640 }, (_, i) => createHash('sha256').update(`${id}:${i}`).digest());
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...blocks]);
};

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

type Answer = { status: number; type: string; body: string | Buffer; headers?: Record<string, string> };

async function answer(request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://shop');
  const html = (status: number, title: string, body: string, headers?: Record<string, string>): Answer => ({
    status,
    type: 'text/html; charset=utf-8',
    body: page(title, body),
    ...(headers ? { headers } : {}),
  });
  const product = CATALOGUE.find((p) => String(p.id) === url.searchParams.get('id'));
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /':
    case 'HEAD /':
      return html(200, 'Shop', `<ul>${CATALOGUE.map(row).join('')}</ul>`);
    case 'GET /product':
      return product
        ? html(200, product.name, `<h1>${escape(product.name)}</h1><img src="/picture?id=${product.id}" alt=""><p>${product.price} KRW</p>`)
        : html(404, 'Not found', '<p>No such product.</p>');
    case 'GET /picture':
      return { status: product ? 200 : 404, type: 'image/png', body: product ? picture(product.id) : '' };
    case 'GET /search': {
      const q = url.searchParams.get('q') ?? '';
      const found = CATALOGUE.filter((p) => p.name.toLowerCase().includes(q.toLowerCase()) || p.nameKo.includes(q));
      return html(200, 'Search', `<form><input name="q" value="${escape(q)}"></form><ul>${found.map(row).join('')}</ul>`);
    }
    case 'GET /cart':
      return html(200, 'Cart', '<form method="post"><input name="id"><input name="count"><button>Add</button></form>', {
        'set-cookie': 'basket=b-1; Path=/; HttpOnly',
      });
    case 'POST /cart': {
      const form = new URLSearchParams(await readBody(request));
      return html(200, 'Cart', `<p>Added ${escape(form.get('count') ?? '0')} of ${escape(form.get('id') ?? '')}.</p>`);
    }
    case 'POST /login': {
      const form = new URLSearchParams(await readBody(request));
      return {
        status: 302,
        type: 'text/plain',
        body: '',
        headers: { location: '/', 'set-cookie': `user=${encodeURIComponent(form.get('user') ?? '')}; Path=/; HttpOnly` },
      };
    }
    case 'GET /account':
    case 'POST /account': {
      const user = /(?:^|;\s*)user=([^;]*)/.exec(request.headers.cookie ?? '')?.[1];
      if (!user) return { status: 302, type: 'text/plain', body: '', headers: { location: '/login' } };
      const token = createHash('sha256').update(`form of ${user}`).digest('hex');
      const form = `<form method="post"><input type="hidden" name="token" value="${token}"><input name="email"></form>`;
      if (request.method === 'GET') return html(200, 'Account', `<p>Hello ${escape(user)}</p>${form}`);
      const sent = new URLSearchParams(await readBody(request));
      if (sent.get('token') !== token) return html(403, 'Refused', '<p>This form is not yours.</p>');
      return html(200, 'Account', `<p>Saved ${escape(sent.get('email') ?? '')} for ${escape(user)}.</p>`);
    }
    case 'GET /api/products':
      return { status: 200, type: 'application/json', body: JSON.stringify(CATALOGUE) };
    case 'POST /api/orders':
      return { status: 201, type: 'application/json', body: JSON.stringify({ received: JSON.parse(await readBody(request)) as unknown }) };
    case 'GET /style.css':
      return { status: 200, type: 'text/css', body: STYLE };
    default:
      return html(404, 'Not found', '<p>Nothing here.</p>');
  }
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let result: Answer;
  try {
    result = await answer(request);
  } catch {
    // Whatever a client sends that the shop can't read is the client's error, as in a real shop.
    result = { status: 400, type: 'text/plain', body: 'bad request' };
  }
  const body = typeof result.body === 'string' ? Buffer.from(result.body) : result.body;
  response.writeHead(result.status, { 'content-type': result.type, 'content-length': body.length, ...result.headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** The sample web shop that stands behind the appliances of tests and demo. */
export function createShop(): Server {
  return createServer((request, response) => void serve(request, response));
}
