//! The demo district in a database.

use domain::access::{Actor, Role, Scope};
use records::{Error, authorities, both, demo};

both!(
    async fn it_fills_an_empty_database_and_no_other(desk: Desk) {
        assert!(demo::is_empty(&desk, &Actor::SYSTEM).await.unwrap());
        let began = std::time::Instant::now();
        let filled = demo::fill(&desk, &Actor::SYSTEM).await.unwrap();
        println!("filled in {:?}", began.elapsed());
        assert!((205..=220).contains(&filled.schools) && filled.visits > 250, "{filled:?}");
        let all = authorities::list(&desk, &Actor::SYSTEM).await.unwrap();
        assert_eq!(all.iter().map(|a| (a.code.as_str(), a.is_demo)).collect::<Vec<_>>(), [("999", true)]);
        assert!(!demo::is_empty(&desk, &Actor::SYSTEM).await.unwrap());
        let again = demo::fill(&desk, &Actor::SYSTEM).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    }
);

both!(
    async fn only_the_command_line_fills(desk: Desk) {
        let scope = Scope::Authority("999".parse().unwrap());
        let actor = Actor { person: None, grant: None, role: Role::Administrator, scope };
        assert!(matches!(demo::fill(&desk, &actor).await, Err(Error::Forbidden(_))));
        assert!(demo::is_empty(&desk, &Actor::SYSTEM).await.unwrap());
    }
);
