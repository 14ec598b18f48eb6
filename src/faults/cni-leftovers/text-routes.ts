import { texts } from '#engine/words';

/** What routes that are left are worded from. */
export type Routes = {
  readonly left: 'routes';
  readonly node: string;
  /** The plugin that was there before, and the one that runs now. */
  readonly plugin: string;
  readonly running: string;
  /** The route that a failing packet took, as `ip route` writes it, and how many such routes there are. */
  readonly route: string;
  readonly routes: number;
  /** Whom it was for. */
  readonly to: string;
};

const count = (routes: number): string => (routes === 1 ? 'a route' : `${routes} routes`);

/** The words for routes that are left. */
export const routesText = texts<Routes>({
  en: {
    what: ({ node, plugin, running, routes }) =>
      `${node} still has ${count(routes)} of ${plugin}, which no longer runs there: ${running} does not get its packets`,
    why: ({ route, to, running }) =>
      `what is for ${to} takes "${route}", for its prefix is longer than that of ${running}'s own route; nobody keeps the old way any more`,
    fix: ({ plugin, routes }) => `delete the ${routes === 1 ? 'route' : `${routes} routes`} that ${plugin} left`,
  },
  zh: {
    what: ({ node, plugin, running, routes }) =>
      `节点 ${node} 上残留了 ${plugin} 的 ${routes} 条路由（${plugin} 已不再运行），流量没有走 ${running}`,
    why: ({ route, to, running }) => `发往 ${to} 的报文命中残留路由“${route}”，其前缀比 ${running} 自己的路由更长，而旧网络已无人维护`,
    fix: ({ plugin, routes }) => `删除 ${plugin} 残留的 ${routes} 条路由`,
  },
});
