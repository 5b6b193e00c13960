// What the dashboard uses of htm/preact/standalone, for the type check only.
export type Child = any;
export function html(strings: TemplateStringsArray, ...values: unknown[]): Child;
export function h(type: unknown, props: object | null, ...children: Child[]): Child;
export function render(node: Child, parent: Element): void;
export class Component<P> {
  constructor(props: P);
  props: P;
}
export function useState<T>(initial: T | (() => T)): [T, (next: T | ((previous: T) => T)) => void];
export function useEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;
export function useLayoutEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;
export function useRef<T>(initial: T): { current: T };
export function useMemo<T>(make: () => T, inputs: readonly unknown[]): T;
