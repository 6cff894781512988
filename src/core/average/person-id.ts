/**
 * In a session that limits the pictures of a person, all ids of one person begin with the same bytes; the rest is random.
 * It is no proof of who somebody is: whoever takes two is two persons.
 */
export const PERSON_BYTES = 10;
