type Child = Node | string | null;

interface Attributes {
	readonly [name: string]: string | boolean | ((event: Event) => void);
}

/** An element with attributes, listeners (`onclick`) and children; false leaves an attribute out. */
export function el<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	attributes: Attributes = {},
	...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
	return dress(document.createElement(name), attributes, children);
}

/** The same for drawings. */
export function svg<Name extends keyof SVGElementTagNameMap>(
	name: Name,
	attributes: Attributes = {},
	...children: readonly Child[]
): SVGElementTagNameMap[Name] {
	return dress(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function dress<Kind extends Element>(element: Kind, attributes: Attributes, children: readonly Child[]): Kind {
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
		else if (value !== false) element.setAttribute(name, value === true ? '' : value);
	}
	element.append(...children.filter((child) => child !== null));
	return element;
}

/** What the collector wrote into the head of the page. */
export function metaOf(name: string): string {
	return document.querySelector(`meta[name="veilcam-${name}"]`)?.getAttribute('content') ?? '';
}

/** The token in the address: it comes after the #, which browsers send to nobody. */
export function tokenInAddress(): string {
	try {
		return decodeURIComponent(location.hash.slice(1));
	} catch {
		// a stray % is no escape
		return location.hash.slice(1);
	}
}
