import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect, retainSearchParams } from '@tanstack/react-router';
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
  component: lazyRouteComponent(() => import('./features/appliance/appliance-page.js'), 'AppliancePage'),
});

/** The console's addresses and their pages; each page is a file of its own that is loaded when first shown. */
export function createConsoleRouter(context: ConsoleContext) {
  return createRouter({
    routeTree: root.addChildren([login, frame.addChildren([home, fleet, appliance])]),
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
