/** Of the report bodies and the session description; both ends of an upload have to agree. */
export const WIRE_VERSION = 1;

/** Of the collector's database. */
export const STORE_VERSION = 1;
