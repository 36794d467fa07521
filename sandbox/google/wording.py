"""What the consent page says, in English and in Portuguese."""

from sandbox.google.scopes import PREFIX

_C, _D = f"{PREFIX}classroom.", f"{PREFIX}drive"
LANGUAGES = ("en", "pt")

# Scope as asked for → what it is, for people, as Google words it.
SCOPES = {
    "openid": ("Know who you are on Google", "Saber quem você é no Google"),
    "email": ("See your email address", "Ver seu endereço de e-mail"),
    "profile": (
        "See your personal info, such as your name and picture",
        "Ver suas informações pessoais, como nome e foto",
    ),
    f"{_C}courses.readonly": (
        "View your Google Classroom classes",
        "Ver suas turmas do Google Sala de Aula",
    ),
    f"{_C}coursework.students.readonly": (
        "View course work and grades for students in the classes you teach",
        "Ver atividades e notas dos alunos das turmas em que você ensina",
    ),
    f"{_C}coursework.me.readonly": (
        "View your course work and grades in Google Classroom",
        "Ver suas atividades e notas no Google Sala de Aula",
    ),
    f"{_C}courseworkmaterials.readonly": (
        "See all classwork materials for your classes",
        "Ver os materiais das suas turmas",
    ),
    f"{_C}announcements.readonly": (
        "View announcements in Google Classroom",
        "Ver os avisos do Google Sala de Aula",
    ),
    f"{_C}topics.readonly": (
        "View topics in Google Classroom",
        "Ver os temas do Google Sala de Aula",
    ),
    f"{_C}rosters.readonly": (
        "View your Google Classroom class rosters",
        "Ver a lista de participantes das suas turmas",
    ),
    f"{_D}.readonly": (
        "See and download all your Google Drive files",
        "Ver e baixar todos os seus arquivos do Google Drive",
    ),
    f"{_D}.file": (
        "See, edit, create and delete only the Drive files you use with this app",
        "Ver, editar, criar e excluir apenas os arquivos do Drive que você usa com este app",
    ),
    _D: (
        "See, edit, create and delete all of your Google Drive files",
        "Ver, editar, criar e excluir todos os seus arquivos do Google Drive",
    ),
}

TEXTS = {
    "en": {
        "intro": "This is a make-believe Google on this machine. No real account is used.",
        "title": "Sign in with Google",
        "choose": "Choose an account",
        "to_continue": "to continue to",
        "wants": "What the application may do",
        "always": "Comes with signing in:",
        "allow": "Allow",
        "deny": "Deny",
        "nobody": "There is no account yet.",
        "wrong": "The application asked wrongly",
    },
    "pt": {
        "intro": "Este é um Google de mentira, nesta máquina. Nenhuma conta real é usada.",
        "title": "Fazer login com o Google",
        "choose": "Escolha uma conta",
        "to_continue": "para continuar em",
        "wants": "O que o aplicativo poderá fazer",
        "always": "Vem junto com a entrada:",
        "allow": "Permitir",
        "deny": "Recusar",
        "nobody": "Ainda não há nenhuma conta.",
        "wrong": "O aplicativo pediu errado",
    },
}


def language(accepted: str, asked: str) -> str:
    """:param accepted: Accept-Language; :param asked: `hl`, which goes first"""
    first = (asked or accepted).strip().lower()[:2]
    return first if first in LANGUAGES else "en"


def scope_words(scope: str, language: str) -> str:
    words = SCOPES.get(scope)
    return words[LANGUAGES.index(language)] if words else scope.removeprefix(PREFIX)
