import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import { parseApplicationSearch } from './features/applications/application-search.js';
import { parseEventSearch } from './features/events/event-search.js';
import { parseFleetSearch } from './features/fleet/fleet-search.js';
import type { ApiClient } from './platform/api/api-client.js';
import { sessionQuery } from './platform/api/session.js';
import { parseSearch, pickSearch, stringifySearch } from './platform/format/search-params.js';
import { Frame } from './platform/frame/frame.js';
import { NotFound, PageFailed, PageLoading } from './platform/frame/page-states.js';

/** What the routes are made with. */
interface ConsoleContext {
  readonly api: ApiClient;
  readonly queries: QueryClient;
}

const root = createRootRouteWithContext<ConsoleContext>()({ component: Outlet, notFoundComponent: NotFound });

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (raw: Record<string, unknown>) => pickSearch(raw, ['next']),
  component: lazyRouteComponent(() => import('./features/login/login-page.js'), 'LoginPage'),
});

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  validateSearch: (raw: Record<string, unknown>) => pickSearch(raw, ['tenant']),
  search: { middlewares: [retainSearchParams(['tenant'])] },
  beforeLoad: async ({ context: { api, queries }, location }) => {
    const session = await queries.ensureQueryData(sessionQuery(api));
    if (!session) throw redirect({ to: '/login', search: { next: location.href } });
  },
  component: Frame,
});

const home = createRoute({
  getParentRoute: () => frame,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/fleet' });
  },
});

const fleet = createRoute({
  getParentRoute: () => frame,
  path: '/fleet',
  validateSearch: parseFleetSearch,
  component: lazyRouteComponent(() => import('./features/fleet/fleet-page.js'), 'FleetPage'),
});

const appliance = createRoute({
  getParentRoute: () => frame,
  path: '/appliances/$id',
  validateSearch: (raw: Record<string, unknown>) => pickSearch(raw, ['span']),
  component: lazyRouteComponent(() => import('./features/appliance/appliance-page.js'), 'AppliancePage'),
});

const applications = createRoute({
  getParentRoute: () => frame,
  path: '/applications',
  validateSearch: parseApplicationSearch,
  component: lazyRouteComponent(() => import('./features/applications/applications-page.js'), 'ApplicationsPage'),
});

const application = createRoute({
  getParentRoute: () => frame,
  path: '/applications/$id',
  validateSearch: (raw: Record<string, unknown>) => pickSearch(raw, ['span']),
  component: lazyRouteComponent(() => import('./features/applications/application-page.js'), 'ApplicationPage'),
});

const events = createRoute({
  getParentRoute: () => frame,
  path: '/events',
  validateSearch: parseEventSearch,
  component: lazyRouteComponent(() => import('./features/events/events-page.js'), 'EventsPage'),
});

const event = createRoute({
  getParentRoute: () => frame,
  path: '/events/$id',
  component: lazyRouteComponent(() => import('./features/events/event-page.js'), 'EventPage'),
});

const networks = createRoute({
  getParentRoute: () => frame,
  path: '/network',
  component: lazyRouteComponent(() => import('./features/network/networks-page.js'), 'NetworksPage'),
});

const network = createRoute({
  getParentRoute: () => frame,
  path: '/network/$id',
  validateSearch: (raw: Record<string, unknown>) => pickSearch(raw, ['tab']),
  component: lazyRouteComponent(() => import('./features/network/network-page.js'), 'NetworkPage'),
});

const pair = createRoute({
  getParentRoute: () => frame,
  path: '/pairs/$id',
  component: lazyRouteComponent(() => import('./features/pairs/pair-page.js'), 'PairPage'),
});

const blocks = createRoute({
  getParentRoute: () => frame,
  path: '/blocks',
  validateSearch: (raw: Record<string, unknown>) => pickSearch(raw, ['tab', 'address']),
  component: lazyRouteComponent(() => import('./features/blocks/blocks-page.js'), 'BlocksPage'),
});

const policies = createRoute({
  getParentRoute: () => frame,
  path: '/policies',
  component: lazyRouteComponent(() => import('./features/policies/policies-page.js'), 'PoliciesPage'),
});

const policy = createRoute({
  getParentRoute: () => frame,
  path: '/policies/$scope/$id',
  validateSearch: (raw: Record<string, unknown>) => pickSearch(raw, ['tab']),
  component: lazyRouteComponent(() => import('./features/policies/policy-page.js'), 'PolicyPage'),
});

const administration = createRoute({
  getParentRoute: () => frame,
  path: '/administration',
  component: lazyRouteComponent(() => import('./features/administration/administration-page.js'), 'AdministrationPage'),
});

const administrationHome = createRoute({
  getParentRoute: () => administration,
  path: '/',
  component: lazyRouteComponent(() => import('./features/administration/administration-home.js'), 'AdministrationHome'),
});

const operators = createRoute({
  getParentRoute: () => administration,
  path: '/operators',
  component: lazyRouteComponent(() => import('./features/administration/operators-section.js'), 'OperatorsSection'),
});

const tokens = createRoute({
  getParentRoute: () => administration,
  path: '/tokens',
  component: lazyRouteComponent(() => import('./features/administration/tokens-section.js'), 'TokensSection'),
});

const audit = createRoute({
  getParentRoute: () => administration,
  path: '/audit',
  validateSearch: (raw: Record<string, unknown>) => pickSearch(raw, ['action']),
  component: lazyRouteComponent(() => import('./features/administration/audit-section.js'), 'AuditSection'),
});

const packs = createRoute({
  getParentRoute: () => administration,
  path: '/signature-packs',
  component: lazyRouteComponent(() => import('./features/administration/packs-section.js'), 'PacksSection'),
});

const pages = [
  home,
  fleet,
  appliance,
  applications,
  application,
  events,
  event,
  networks,
  network,
  pair,
  blocks,
  policies,
  policy,
  administration.addChildren([administrationHome, operators, tokens, audit, packs]),
] as const;

/** The console's addresses and their pages; each page is a file of its own that is loaded when first shown. */
export function createConsoleRouter(context: ConsoleContext) {
  return createRouter({
    routeTree: root.addChildren([login, frame.addChildren(pages)]),
    context,
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultErrorComponent: PageFailed,
    defaultPendingComponent: PageLoading,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
