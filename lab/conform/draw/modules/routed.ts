import { construct } from '../construct.ts';
import routed from '../filter/routed.ts';
import type { Layout } from '../layout.ts';
import { QUEUES } from './queue.ts';

/** Two ends and a router between them, where programs listen to queues. */
export default construct({
  kind: 'layout',
  draw: (dice): Layout => {
    if (routed.kind !== 'layout') throw new Error('filter/routed is no layout');
    const layout = routed.draw(dice);
    const listening = layout.namespaces.map((one) =>
      one.role === 'router' ? { ...one, listens: { ...one.listens, queues: QUEUES } } : one,
    );
    return { ...layout, id: 'routed-with-queues', namespaces: listening };
  },
});
