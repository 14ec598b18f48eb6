import type { Service } from '#facts/service/service';

/** Programs that take requests from outside and pass them on, by words of the labels that their Services select. */
const CONTROLLERS: readonly (readonly [RegExp, string])[] = [
  [/^(rke2-)?ingress-nginx$/, 'ingress-nginx'],
  [/^nginx-ingress/, 'NGINX Ingress Controller'],
  [/^traefik$/, 'Traefik'],
  [/^(haproxy-ingress|kubernetes-ingress)$/, 'HAProxy Ingress'],
  [/^(contour|envoy)$/, 'Contour'],
  [/^(kong|ingress-kong|gateway-operator)$/, 'Kong'],
  [/^istio-ingressgateway$|^ingressgateway$/, 'Istio'],
  [/^apisix/, 'APISIX'],
  [/^higress/, 'Higress'],
  [/^cilium-ingress$/, 'Cilium'],
];

/** The ingress controller behind a Service that is reached from outside, by what it selects or is called. */
export function ingressControllerOf({ name, type, selector }: Service): string | null {
  if (type !== 'LoadBalancer' && type !== 'NodePort') return null;
  const words = [...Object.values(selector ?? {}), name];
  return CONTROLLERS.find(([word]) => words.some((one) => word.test(one)))?.[1] ?? null;
}
