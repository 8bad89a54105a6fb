//! Invented people's names: given and family names that go together, from many places.

/// Given and family names of one place.
struct Place {
    given: [&'static str; 10],
    family: [&'static str; 9],
}

const PLACES: [Place; 12] = [
    Place {
        given: ["Hazel", "Owen", "Phoebe", "Miles", "Ivy", "Duncan", "Tessa", "Rufus", "Nell", "Graham"],
        family: [
            "Thornbury",
            "Wexcombe",
            "Ellerby",
            "Quillfeather",
            "Pennock",
            "Halloway",
            "Birchall",
            "Stanwick",
            "Cresswell",
        ],
    },
    Place {
        given: [
            "Lucía", "Mateo", "Ximena", "Rodrigo", "Paloma", "Iker", "Noelia", "Gonzalo", "Abril", "Tomás",
        ],
        family: [
            "Quintanar",
            "Belmonte",
            "Arriaga",
            "Zaldívar",
            "Olmedo",
            "Cienfuegos",
            "Barrientos",
            "Urrutia",
            "Villaseñor",
        ],
    },
    Place {
        given: [
            "Thaís", "Caetano", "Luana", "Davi", "Bruna", "Otávio", "Íris", "Heitor", "Jussara", "Vicente",
        ],
        family: [
            "Sampaio",
            "Teles",
            "Queirós",
            "Nóbrega",
            "Figueira",
            "Alencar",
            "Bittencourt",
            "Paranhos",
            "Vilhena",
        ],
    },
    Place {
        given: [
            "Élodie", "Bastien", "Maëlle", "Corentin", "Anaïs", "Thibault", "Solène", "Gaspard", "Inès",
            "Loïc",
        ],
        family: [
            "Delacourt",
            "Marchandeau",
            "Roussillon",
            "Vauquelin",
            "Bellanger",
            "Chastaing",
            "Lemercier",
            "Pommier",
            "Grandjean",
        ],
    },
    Place {
        given: [
            "Lieselotte",
            "Jannik",
            "Annika",
            "Torben",
            "Friederike",
            "Moritz",
            "Svenja",
            "Lennart",
            "Wiebke",
            "Konrad",
        ],
        family: [
            "Adlersberg",
            "Brinkmann",
            "Eichstedt",
            "Hollerbach",
            "Kreutzfeld",
            "Lindhorst",
            "Rosenhagen",
            "Steinbrecher",
            "Tiedemann",
        ],
    },
    Place {
        given: ["Saga", "Halvard", "Linnea", "Viggo", "Tuva", "Elias", "Ronja", "Sixten", "Freja", "Åke"],
        family: [
            "Bergqvist",
            "Dahlgren",
            "Ekholm",
            "Fjellstad",
            "Granlund",
            "Hedmark",
            "Lindvall",
            "Nyström",
            "Söderhav",
        ],
    },
    Place {
        given: ["Adaeze", "Kwame", "Folasade", "Chidi", "Abena", "Tunde", "Ngozi", "Kofi", "Amara", "Emeka"],
        family: [
            "Akinlade",
            "Ezenwa",
            "Ofori-Mensah",
            "Oyelaran",
            "Nnadi",
            "Asantewaa",
            "Babajide",
            "Chukwudi",
            "Danquah-Osei",
        ],
    },
    Place {
        given: [
            "Thandeka", "Sipho", "Lerato", "Bongani", "Naledi", "Themba", "Zanele", "Kagiso", "Nomvula",
            "Tumelo",
        ],
        family: [
            "Dlomo",
            "Khanyile",
            "Mabaso",
            "Mokoena",
            "Ndimande",
            "Phakathi",
            "Sithebe",
            "Tshabangu",
            "Zungu",
        ],
    },
    Place {
        given: [
            "Ananya", "Vikram", "Meera", "Arjun", "Kavya", "Rohan", "Ishita", "Nikhil", "Leela", "Pranav",
        ],
        family: [
            "Bhattarai",
            "Chandorkar",
            "Deshmukh",
            "Iyengar",
            "Kulshrestha",
            "Mulchandani",
            "Raghunathan",
            "Sundaresan",
            "Wadekar",
        ],
    },
    Place {
        given: ["Haruto", "Aoi", "Ren", "Yui", "Kaito", "Hina", "Sota", "Mei", "Riku", "Chiyo"],
        family: [
            "Amano",
            "Fujisawa",
            "Hoshino",
            "Isogai",
            "Kuramochi",
            "Minakawa",
            "Oyama",
            "Sugimori",
            "Tokunaga",
        ],
    },
    Place {
        given: [
            "Wenhao", "Xiaoyu", "Meilin", "Zihan", "Jiayi", "Haoran", "Yuxuan", "Lihua", "Ruolan", "Chengwei",
        ],
        family: ["Ouyang", "Shangguan", "Xie", "Tao", "Pang", "Qiu", "Kang", "Lai", "Bai"],
    },
    Place {
        given: ["Leyla", "Karim", "Nour", "Yusuf", "Samira", "Idris", "Amal", "Tariq", "Hanan", "Bilal"],
        family: [
            "Al-Rashidi",
            "Benhaddou",
            "Cherkaoui",
            "Darwazeh",
            "El-Khatib",
            "Haddadin",
            "Mansouri",
            "Saadallah",
            "Zarrouk",
        ],
    },
];

/// Different names for different numbers, up to 1,080.
pub(super) fn name(number: usize) -> String {
    let place = &PLACES[number % PLACES.len()];
    let pair = number / PLACES.len();
    let given = place.given[pair % place.given.len()];
    let family = place.family[(pair / place.given.len() + pair) % place.family.len()];
    format!("{given} {family}")
}
