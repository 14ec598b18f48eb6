import type { FactOf } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import { textAt, textsAt } from '../document.ts';

/** A Namespace; the API server labels each with its name. */
export function kubernetesNamespaceOf(object: unknown, origin: Origin): FactOf<'kubernetes-namespace'> | undefined {
  const name = textAt(object, 'metadata', 'name');
  return name === undefined ? undefined : { name, labels: textsAt(object, 'metadata', 'labels') ?? {}, origin };
}

/** A ServiceAccount: its name and labels, nothing of its secrets. */
export function serviceAccountOf(object: unknown, origin: Origin): FactOf<'service-account'> | undefined {
  const name = textAt(object, 'metadata', 'name');
  if (name === undefined) return undefined;
  return {
    namespace: textAt(object, 'metadata', 'namespace') ?? 'default',
    name,
    labels: textsAt(object, 'metadata', 'labels') ?? {},
    origin,
  };
}

/** A policy of an API that is not evaluated. */
export function foreignPolicyOf(object: unknown, origin: Origin, kind: string): FactOf<'foreign-policy'> | undefined {
  const name = textAt(object, 'metadata', 'name');
  if (name === undefined) return undefined;
  return {
    apiVersion: textAt(object, 'apiVersion') ?? '',
    kind: textAt(object, 'kind') ?? kind,
    namespace: textAt(object, 'metadata', 'namespace') ?? null,
    name,
    origin,
  };
}
