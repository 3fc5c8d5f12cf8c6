//! Cuts of three rows: of any three rows, each of which may be used once, no more than one pattern can use two.
//! They hold for every whole plan, and break most of what a linear program picks in halves.

use std::collections::HashMap;

/// How much a cut must be broken by to be worth having.
const BROKEN: f64 = 0.03;

/// The cuts that these parts of patterns (each with its rows) break most, at most so many, each as its three rows.
pub(crate) fn broken(picked: &[(f64, Vec<u32>)], rows: usize, most: usize) -> Vec<[u32; 3]> {
    let mut of_row: Vec<Vec<usize>> = vec![Vec::new(); rows];
    let mut pairs: HashMap<(u32, u32), f64> = HashMap::new();
    let mut next: Vec<Vec<u32>> = vec![Vec::new(); rows];
    for (i, (part, uses)) in picked.iter().enumerate() {
        // What is picked whole has no part in a broken cut.
        if *part > 0.999 {
            continue;
        }
        for &a in uses {
            of_row[a as usize].push(i);
            for &b in uses {
                if a < b {
                    let both = pairs.entry((a, b)).or_insert(0.0);
                    if *both == 0.0 {
                        next[a as usize].push(b);
                        next[b as usize].push(a);
                    }
                    *both += part;
                }
            }
        }
    }
    let both = |a: u32, b: u32| pairs.get(&(a.min(b), a.max(b))).copied().unwrap_or(0.0);
    let mut found: HashMap<[u32; 3], f64> = HashMap::new();
    for b in 0..u32::try_from(rows).unwrap_or(u32::MAX) {
        let around = &next[b as usize];
        for (i, &a) in around.iter().enumerate() {
            for &c in &around[i + 1..] {
                let mut three = [a, b, c];
                three.sort_unstable();
                if found.contains_key(&three) {
                    continue;
                }
                let two = both(a, b) + both(b, c) + both(a, c);
                if two <= 1.0 + BROKEN {
                    continue;
                }
                let all: f64 = of_row[b as usize]
                    .iter()
                    .map(|i| &picked[*i])
                    .filter(|(_, uses)| uses.contains(&a) && uses.contains(&c))
                    .map(|(part, _)| part)
                    .sum();
                found.insert(three, two - 2.0 * all - 1.0);
            }
        }
    }
    let mut found: Vec<([u32; 3], f64)> = found.into_iter().filter(|(_, by)| *by > BROKEN).collect();
    found.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    found.truncate(most);
    found.into_iter().map(|(rows, _)| rows).collect()
}
