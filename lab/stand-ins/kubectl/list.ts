import type { ApiObject } from '../../api/objects.ts';
import { nameOf } from './store.ts';

/** The objects of one resource, of all namespaces. */
export const listed = (objects: readonly ApiObject[], resource: string): readonly ApiObject[] =>
  objects.filter((object) => nameOf(object).resource === resource);

/** What `kubectl get … -o json` prints of them. */
export const listText = (items: readonly ApiObject[]): string =>
  JSON.stringify({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }, null, 4);
